import Kernels
import Model

/// What a pretraining run computes. Equal settings give equal weights, in one go or resumed, on any number of threads.
public struct PretrainingSettings: Codable, Sendable, Equatable {
    /// The data specification, as the setting `data` takes it.
    public var data: String
    /// The model, where the run starts from random weights.
    public var preset: UNetConfiguration.Preset
    /// The checkpoint to start from; nil starts from random weights.
    public var initialCheckpoint: String?
    /// Images a step.
    public var batchSize: Int
    /// The learning rate of each step, and how many there are.
    public var learningRate: LearningRateSchedule
    /// Decoupled weight decay of AdamW.
    public var weightDecay: Double
    /// Seed of weights, order, noise and samples.
    public var seed: UInt64
    /// The kernel for every convolution that it accepts; nil takes the best that accepts each.
    public var convolution: Conv2DKernel?
    /// True where images that cannot be read are left out; nil where the run does not start with such images.
    public var skipsUnreadable: Bool?

    /// Gradients are scaled down to this Euclidean norm.
    public static let gradientNormLimit = 1.0
    /// The long-run decay of the averaged weights; young averages use `min(decay, (1 + n)/(10 + n))`.
    public static let averageDecay = 0.9999

    /// Settings of a new run.
    public init(
        data: String, preset: UNetConfiguration.Preset, initialCheckpoint: String? = nil, batchSize: Int,
        learningRate: LearningRateSchedule, weightDecay: Double, seed: UInt64, convolution: Conv2DKernel? = nil,
        skipsUnreadable: Bool? = nil
    ) {
        (self.data, self.preset, self.initialCheckpoint) = (data, preset, initialCheckpoint)
        (self.batchSize, self.learningRate) = (batchSize, learningRate)
        (self.weightDecay, self.seed, self.convolution) = (weightDecay, seed, convolution)
        self.skipsUnreadable = skipsUnreadable
    }

    /// All steps of the run.
    public var steps: Int { learningRate.steps }

    /// These settings with another number of steps, at least those that the run in `path` has `done`; nil keeps the number.
    func extended(to steps: Int?, done: Int, path: String) throws(PretrainingError) -> PretrainingSettings {
        let requested = steps ?? self.steps
        guard requested >= done else { throw .stepsBehind(path: path, done: done, requested: requested) }
        guard requested > done else { throw .alreadyFinished(path: path, steps: requested) }
        guard requested == self.steps || learningRate.decay == .constant else {
            throw .decayIsFixed(path: path, steps: self.steps, requested: requested)
        }
        var settings = self
        settings.learningRate = LearningRateSchedule(
            peak: learningRate.peak, warmUpSteps: learningRate.warmUpSteps, steps: requested, decay: learningRate.decay)
        return settings
    }

    enum CodingKeys: String, CodingKey {
        case data, preset, seed, convolution
        case initialCheckpoint = "initial_checkpoint"
        case batchSize = "batch_size"
        case learningRate = "learning_rate"
        case weightDecay = "weight_decay"
        case skipsUnreadable = "skip_unreadable"
    }
}

extension UNetConfiguration.Preset: Codable {}
extension Conv2DKernel: Codable {}
