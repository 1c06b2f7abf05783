import Kernels

/// Constants of a training run.
package struct TrainingSettings: Sendable, Equatable {
    package var optimizer: AdamWOptions
    /// Gradients of a larger norm are scaled down to it; nil clips nothing.
    package var maximumGradientNorm: Double?
    /// Largest decay of the moving average; nil keeps none.
    package var averageDecay: Double?
    /// What is made small.
    package var objective: TrainingObjective
    /// `mu` of FedProx [Li20]: draws the parameters back to the trainer's `anchor`; 0 does not.
    package var proximal: Double

    package init(
        optimizer: AdamWOptions = AdamWOptions(learningRate: 2e-4), maximumGradientNorm: Double? = 1,
        averageDecay: Double? = 0.9999, objective: TrainingObjective = TrainingObjective(),
        proximal: Double = 0
    ) {
        (self.objective, self.proximal) = (objective, proximal)
        (self.optimizer, self.maximumGradientNorm, self.averageDecay) = (optimizer, maximumGradientNorm, averageDecay)
    }
}

/// What a training step did.
package struct StepResult: Sendable, Equatable {
    /// Mean squared error of the prediction, weighted as the objective says, before the update.
    package let loss: Double
    /// Norm of all gradients, before clipping.
    package let gradientNorm: Double
    /// Number of the step, from 1 after a fresh start.
    package let step: Int
}

/// Training diverged: loss or gradients are not finite. The parameters are those before the step.
public struct DivergenceError: Error, Equatable, CustomStringConvertible {
    /// The optimiser step, from 1.
    public let step: Int
    /// Its training loss.
    public let loss: Double
    /// Norm of its gradients before clipping.
    public let gradientNorm: Double
    /// The layer whose output, or the gradient of whose parameters, was the first that is not finite; `down_blocks.0.resnets.1.conv2`. Nil
    /// where no layer's is, but their norm.
    public let layer: String?

    /// One line for people: what is wrong and what to do.
    public var description: String {
        "training diverged at step \(step)\(layer.map { ", first in \($0)" } ?? ""): loss \(loss), gradient norm \(gradientNorm); "
            + "lower the learning rate and resume from the last checkpoint"
    }
}

/// Trains one U-Net with AdamW, gradient clipping and a moving average.
///
/// A federated device uses the same: write the global weights into `model.parameters`, call `resetOptimizer`, step.
package final class Trainer {
    package let model: UNet
    package let schedule: NoiseSchedule
    package var settings: TrainingSettings
    /// AdamW's moments `(P)`.
    package let firstMoment: Tensor
    package let secondMoment: Tensor
    /// Updates since the moments were zero.
    package private(set) var optimizerSteps: Int
    package private(set) var average: ExponentialMovingAverage?
    /// The parameters that a proximal term draws back to, `(P)`; nil for none.
    package var anchor: Tensor?

    /// Starts from the parameters that `model` has.
    package init(model: UNet, schedule: NoiseSchedule, settings: TrainingSettings) {
        (self.model, self.schedule, self.settings) = (model, schedule, settings)
        firstMoment = Tensor(shape: [model.layout.parameterCount])
        secondMoment = Tensor(shape: [model.layout.parameterCount])
        optimizerSteps = 0
        average = settings.averageDecay.map { ExponentialMovingAverage(of: model.parameters, decay: $0) }
    }

    /// One update on `images` x_0, `(N, H, W, C)` in [-1, 1]; timesteps, noise and dropout follow from `address`.
    ///
    /// - Parameter classLabels: N of a conditional model, after `LabelDropout`; else nil.
    /// - Throws: `DivergenceError` where loss or gradients are not finite; nothing is changed then.
    @discardableResult
    package func step(
        images: Tensor, classLabels: [Int]? = nil, address: StepAddress
    ) throws(DivergenceError) -> StepResult {
        let threads = model.context.threads
        return try withTeam(threads: threads) { () throws(DivergenceError) in
            var step = TrainingStep(
                images: images, address: address, schedule: schedule, objective: settings.objective, threads: threads)
            step.classLabels = classLabels
            return try updateInTeam(step, address.random(.dropout, itemsPerStep: 256))
        }
    }

    /// One update on given noise and timesteps.
    @discardableResult
    package func update(_ step: TrainingStep, dropout: CounterRandom? = nil) throws(DivergenceError) -> StepResult {
        try withTeam(threads: model.context.threads) { () throws(DivergenceError) in try updateInTeam(step, dropout) }
    }

    private func updateInTeam(_ step: TrainingStep, _ dropout: CounterRandom?) throws(DivergenceError) -> StepResult {
        let context = model.context
        model.clearGradients()
        let loss = model.accumulateGradients(
            sample: step.sample, timesteps: step.timesteps, target: step.target, weights: step.weights,
            classLabels: step.classLabels, dropout: dropout)
        if settings.proximal > 0, let anchor {
            context.addProximalGradient(
                settings.proximal, of: model.parameters, anchor: anchor, accumulatingInto: model.gradients)
        }
        let norm = context.gradientNorm(model.gradients)
        guard loss.isFinite, norm.isFinite else {
            let layer = model.firstNonFiniteLayer(
                sample: step.sample, timesteps: step.timesteps, classLabels: step.classLabels, dropout: dropout)
            throw DivergenceError(step: optimizerSteps + 1, loss: loss, gradientNorm: norm, layer: layer)
        }
        optimizerSteps += 1
        let scale = settings.maximumGradientNorm.map { ComputeContext.clippingScale(norm: norm, maximum: $0) } ?? 1
        context.adamWStep(
            parameters: model.parameters, consuming: model.takeGradients(), firstMoment: firstMoment,
            secondMoment: secondMoment, step: optimizerSteps, options: settings.optimizer, gradientScale: scale,
            average: average?.parameters, averageDecay: average?.takeDecay() ?? 0)
        return StepResult(loss: loss, gradientNorm: norm, step: optimizerSteps)
    }

    /// Forgets the moments, as a device does that starts a round afresh.
    package func resetOptimizer() {
        firstMoment.fill(0)
        secondMoment.fill(0)
        optimizerSteps = 0
    }

    func restore(
        firstMoment: Tensor, secondMoment: Tensor, optimizerSteps: Int, average: ExponentialMovingAverage?
    ) {
        self.firstMoment.copy(from: firstMoment)
        self.secondMoment.copy(from: secondMoment)
        (self.optimizerSteps, self.average) = (optimizerSteps, average)
    }
}
