import Kernels

/// A U-Net with its parameters, gradients and memory: predicts the noise in noisy images, or what else its scheduler says.
///
/// Parameters and gradients are one flat buffer each, in checkpoint order; `layout` says what lies where. Results do not depend on
/// the number of threads.
package final class UNet {
    package let configuration: UNetConfiguration
    /// Names, shapes and places of the parameters.
    package let layout: ParameterLayout
    /// All parameters `(P)`. Writing to it changes the model.
    package let parameters: Tensor
    /// All gradients `(P)`; `accumulateGradients` adds to it. Write to it through `clearGradients` alone.
    package let gradients: Tensor
    package let context: ComputeContext
    private let architecture: UNetArchitecture
    private let workspace: Workspace
    private var batchSize = 0
    /// Whether gradients were added since all were zero.
    private var holdsGradients = false

    /// A model whose parameters are all zero.
    ///
    /// - Throws: `CheckpointError.unsupportedField` for a configuration whose parts do not fit together.
    package init(_ configuration: UNetConfiguration, context: ComputeContext) throws(CheckpointError) {
        try configuration.validate()
        architecture = UNetArchitecture(configuration)
        layout = architecture.layout
        parameters = Tensor(shape: [layout.parameterCount])
        gradients = Tensor(shape: [layout.parameterCount])
        workspace = Workspace(layout: layout, parameters: parameters, gradients: gradients, context: context)
        (self.configuration, self.context) = (configuration, context)
    }

    /// The model in `checkpoint`, with a copy of its parameters.
    package convenience init(_ checkpoint: Checkpoint, context: ComputeContext) throws(CheckpointError) {
        try self.init(checkpoint.configuration, context: context)
        parameters.copy(from: checkpoint.parameters)
    }

    /// Shape of a batch of `count` images, `(N, H, W, C)`.
    package func sampleShape(count: Int) -> [Int] { [count] + configuration.sampleSize + [configuration.inChannels] }

    /// Draws fresh parameters with PyTorch's defaults: weights and biases uniform within `1/sqrt(inputs)`, normalisations 1 and 0,
    /// classes standard normal.
    /// Tensor `i` draws from stream `initialization`, item `i`.
    package func initialize(seed: UInt64) {
        for (index, entry) in layout.entries.enumerated() {
            let tensor = Tensor(viewOf: parameters, offset: entry.offset, shape: entry.shape)
            switch architecture.initializations[index] {
            case .constant(let value):
                tensor.fill(value)
            case .normal:
                tensor.fillNormal(CounterRandom(seed: seed, stream: .initialization, item: UInt32(index)))
            case .uniform(let bound):
                var generator = CounterRandom(seed: seed, stream: .initialization, item: UInt32(index)).generator()
                for element in 0..<tensor.count { tensor[element] = Float(generator.nextUniform(in: -bound...bound)) }
            }
        }
    }

    /// The model's output for `sample`, dropout off: the noise that it sees, or what else it was trained to predict.
    ///
    /// - Parameters:
    ///   - sample: `(N, H, W, inChannels)` (precondition).
    ///   - timesteps: N, 0-based.
    ///   - classLabels: N of a conditional model, else nil (precondition).
    /// - Returns: `(N, H, W, outChannels)`, the caller's to keep.
    package func predictNoise(_ sample: Tensor, timesteps: [Int], classLabels: [Int]? = nil) -> Tensor {
        prepare(sample, timesteps, classLabels, isTraining: false)
        (workspace.dropout, workspace.keepsActivations) = (nil, false)
        let output = withTeam(threads: context.threads) {
            architecture.forward(sample, timesteps: timesteps, classLabels: classLabels ?? [], workspace).output
        }
        // A copy: a prediction that is kept must not hold the memory of all activations.
        let prediction = Tensor(shape: output.shape)
        prediction.copy(from: output)
        return prediction
    }

    /// Adds the gradients of the training loss `mean(weight (target - prediction)^2)` [Ho20 eq. 14] and returns the loss.
    ///
    /// - Parameters:
    ///   - sample: noisy images x_t, `(N, H, W, inChannels)` (precondition).
    ///   - timesteps: N, 0-based.
    ///   - target: what should be predicted, `(N, H, W, outChannels)`.
    ///   - weights: one an image; nil weighs all alike.
    ///   - classLabels: N of a conditional model, else nil (precondition).
    ///   - dropout: where masks are drawn; nil switches dropout off.
    package func accumulateGradients(
        sample: Tensor, timesteps: [Int], target: Tensor, weights: [Double]? = nil, classLabels: [Int]? = nil,
        dropout: CounterRandom? = nil
    ) -> Double {
        prepare(sample, timesteps, classLabels, isTraining: true)
        holdsGradients = true
        (workspace.dropout, workspace.keepsActivations) = (dropout, true)
        let (prediction, saved) = architecture.forward(
            sample, timesteps: timesteps, classLabels: classLabels ?? [], workspace)
        let loss = context.meanSquaredError(
            prediction: prediction, target: target, weights: weights, dPrediction: prediction)
        architecture.backward(saved, dOutput: prediction, workspace)
        return loss
    }

    /// The layer at which numbers ceased to be finite: in a forward pass over the arguments of `accumulateGradients`, or, where all outputs are
    /// finite, on the way back, by the gradients that are there. Nil where everything is finite.
    func firstNonFiniteLayer(sample: Tensor, timesteps: [Int], classLabels: [Int]?, dropout: CounterRandom?) -> String? {
        prepare(sample, timesteps, classLabels, isTraining: true)
        (workspace.dropout, workspace.keepsActivations) = (dropout, false)
        var (layers, isFinite): ([String], [Bool]) = ([], [])
        workspace.onOutput = { output, parameter in
            layers.append(self.layout.entries[parameter.index].layer)
            isFinite.append(output.isFinite)
        }
        defer { workspace.onOutput = nil }
        _ = architecture.forward(sample, timesteps: timesteps, classLabels: classLabels ?? [], workspace)
        if let first = isFinite.firstIndex(of: false) { return layers[first] }
        let broken = layout.entries.filter { !Tensor(viewOf: gradients, offset: $0.offset, shape: $0.shape).isFinite }
        return layers.last { layer in broken.contains { $0.layer == layer } } ?? broken.last?.layer
    }

    /// Sets all gradients to zero.
    package func clearGradients() {
        if holdsGradients { gradients.fill(0) }
        holdsGradients = false
    }

    /// The gradients, for an optimiser that sets them to zero as it reads them.
    func takeGradients() -> Tensor {
        holdsGradients = false
        return gradients
    }

    /// Bytes of activation memory that passes with the present number of images needed so far.
    package var activationBytes: Int { workspace.buffers.bytes }

    /// Bytes of activation memory that a pass over `count` images needs, found by one that computes nothing and touches none of it.
    package func activationBytes(images count: Int, isTraining: Bool) -> Int {
        let planned = Workspace(
            layout: layout, parameters: parameters, gradients: gradients,
            context: ComputeContext(threads: context.threads, precision: context.precision, computes: false))
        planned.keepsActivations = isTraining
        planned.dropout = isTraining ? CounterRandom(seed: 0, stream: .dropout) : nil
        let zeros = [Int](repeating: 0, count: count)
        let (output, saved) = architecture.forward(
            Tensor(shape: sampleShape(count: count)), timesteps: zeros, classLabels: zeros, planned)
        if isTraining { architecture.backward(saved, dOutput: output, planned) }
        return planned.buffers.bytes
    }

    /// Pieces of activation memory taken from the system so far.
    package var activationAllocations: Int { workspace.buffers.allocations }

    private func prepare(_ sample: Tensor, _ timesteps: [Int], _ classLabels: [Int]?, isTraining: Bool) {
        precondition(
            sample.shape == sampleShape(count: timesteps.count), "sample \(sample.shape) and \(timesteps.count) timesteps")
        precondition(
            classLabels?.count == configuration.numClassEmbeds.map { _ in timesteps.count },
            "\(classLabels?.count ?? 0) labels for \(timesteps.count) images of \(configuration.numClassEmbeds ?? 0) classes")
        // Planned, so that memory that is not there is missed before the first pass and not in the middle of it.
        if batchSize != timesteps.count {
            workspace.buffers.reset(bytes: activationBytes(images: timesteps.count, isTraining: isTraining))
        }
        workspace.buffers.settle()
        batchSize = timesteps.count
    }
}
