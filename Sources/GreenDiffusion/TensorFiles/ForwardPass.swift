import Kernels
import Model
import Storage

/// One pass of a model over a file of tensors, for comparisons with other implementations.
///
/// Files hold images channels-first, `(N, C, H, W)`, as PyTorch does. The weights are those of the checkpoint's model file, also where a
/// training state lies beside it.
public struct ForwardPass {
    private let model: UNet
    private let schedule: NoiseSchedule
    private let source: ModelSource

    /// Loads the model.
    ///
    /// - Parameters:
    ///   - source: the model.
    ///   - threads: threads of the kernels; results do not depend on them.
    ///   - precision: what activations are kept in.
    ///   - convolution: the kernel for every convolution that it accepts; nil takes the best that accepts each.
    /// - Throws: what loading a checkpoint throws.
    public init(
        _ source: ModelSource, threads: Int, precision: PrecisionChoice = .float32, convolution: Conv2DKernel? = nil
    ) throws {
        self.source = source
        let checkpoint = try source.load(preferringAverage: false)
        let precision = try precision.decided(
            for: checkpoint.configuration, images: 1, isTraining: false, threads: threads, convolution: convolution)
        model = try UNet(
            checkpoint.configuration,
            context: ComputeContext(threads: threads, precision: precision, convolution: convolution))
        model.parameters.copy(from: checkpoint.parameters)
        schedule = NoiseSchedule(checkpoint.scheduler)
    }

    /// Reads `sample` x_t `(N, C, H, W)`, `timestep` `(N)` and of a conditional model `class_labels` `(N)` from `input`, writes the
    /// predicted `noise` `(N, C, H, W)` to `output`: v or the image of models that predict those.
    ///
    /// - Throws: `CheckpointError` for a damaged file, `FileError` for a place that cannot be written, `TensorInputError` for tensors that do not fit the model.
    public func predict(_ input: String, to output: String) throws {
        try AtomicFile.requireReplaceable(output, madeFrom: [input] + source.files)
        let file = try TensorInput(input)
        let sample = try file.images("sample", channels: model.configuration.inChannels, size: model.configuration.sampleSize)
        let timesteps = try file.timesteps("timestep", count: sample.shape[0], limit: schedule.count)
        let noise = model.predictNoise(sample, timesteps: timesteps, classLabels: try labels(in: file, count: sample.shape[0]))
        try writeSafetensors([NamedTensor("noise", channelsFirst(noise))], to: output)
    }

    /// Reads `sample` x_0, `noise` (both `(N, C, H, W)`), `timestep` `(N)` and of a conditional model `class_labels` `(N)` from `input`;
    /// writes the gradients of the training loss, one tensor a parameter under its checkpoint name, and `loss` `(1)` to `output`. Dropout
    /// is off, and all errors count alike.
    ///
    /// - Returns: the loss.
    /// - Throws: as `predict`.
    public func gradients(_ input: String, to output: String) throws -> Double {
        try AtomicFile.requireReplaceable(output, madeFrom: [input] + source.files)
        let file = try TensorInput(input)
        let configuration = model.configuration
        let images = try file.images("sample", channels: configuration.inChannels, size: configuration.sampleSize)
        let noise = try file.images("noise", channels: configuration.outChannels, size: configuration.sampleSize)
        guard noise.shape == images.shape else {
            throw TensorInputError(
                input, "noise", "has \(noise.shape[0]) images, sample has \(images.shape[0])", "give as many of both")
        }
        let timesteps = try file.timesteps("timestep", count: images.shape[0], limit: schedule.count)
        let step = TrainingStep(images: images, noise: noise, timesteps: timesteps, schedule: schedule)
        let labels = try labels(in: file, count: images.shape[0])
        model.clearGradients()
        let loss = model.accumulateGradients(
            sample: step.sample, timesteps: timesteps, target: step.target, classLabels: labels)
        let gradients = model.layout.entries.map { entry in
            NamedTensor(entry.name, Tensor(viewOf: model.gradients, offset: entry.offset, shape: entry.shape))
        }
        try writeSafetensors(gradients + [NamedTensor("loss", Tensor(shape: [1], values: [Float(loss)]))], to: output)
        return loss
    }

    private func labels(in file: TensorInput, count: Int) throws -> [Int]? {
        try file.classLabels("class_labels", count: count, limit: model.configuration.numClassEmbeds)
    }
}
