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
    /// What the model keeps activations in; nil for float32. A run records what `auto` took.
    public var precision: PrecisionChoice?
    /// The kernel for every convolution that it accepts; nil takes the best that accepts each.
    public var convolution: Conv2DKernel?
    /// Steps between checkpoints; nil for `standardInterval`.
    public var checkpointEvery: Int?
    /// Steps between sample grids, 0 for none; nil for `standardInterval`.
    public var sampleEvery: Int?
    /// Steps between evaluations on held-out images; 0 or nil, as in runs of earlier versions, for none: then all images are trained on.
    public var evaluateEvery: Int?
    /// The weights of a feature network; evaluations then measure the distance of drawn images to training images. nil measures none.
    public var features: String?
    /// Of runs with `features`: images that are drawn; nil for 500.
    public var distanceImages: Int?
    /// True where images that cannot be read are left out; nil where the run does not start with such images.
    public var skipsUnreadable: Bool?
    /// True where the model learns the classes of the images; nil where it does not.
    public var isConditional: Bool?
    /// Of conditional models: the share of labels that training hides; nil for 0.1.
    public var labelDropout: Double?
    /// What is learned: by name, settings of ``DiffusionSettings`` that are not the default, as flags spell them.
    public var diffusion: [String: String]?

    /// Steps between checkpoints, sample grids and evaluations where none are named.
    public static let standardInterval = 1000
    /// Gradients are scaled down to this Euclidean norm.
    public static let gradientNormLimit = 1.0
    /// The long-run decay of the averaged weights; young averages use `min(decay, (1 + n)/(10 + n))`.
    public static let averageDecay = 0.9999

    /// Settings of a new run.
    public init(
        data: String, preset: UNetConfiguration.Preset, initialCheckpoint: String? = nil, batchSize: Int,
        learningRate: LearningRateSchedule, weightDecay: Double, seed: UInt64, precision: PrecisionChoice? = nil,
        convolution: Conv2DKernel? = nil, checkpointEvery: Int? = nil, sampleEvery: Int? = nil, evaluateEvery: Int? = nil,
        skipsUnreadable: Bool? = nil, isConditional: Bool? = nil, labelDropout: Double? = nil,
        diffusion: [String: String]? = nil, features: String? = nil, distanceImages: Int? = nil
    ) {
        (self.data, self.preset, self.initialCheckpoint) = (data, preset, initialCheckpoint)
        (self.batchSize, self.learningRate) = (batchSize, learningRate)
        (self.weightDecay, self.seed) = (weightDecay, seed)
        (self.precision, self.convolution) = (precision, convolution)
        (self.checkpointEvery, self.sampleEvery, self.evaluateEvery) = (checkpointEvery, sampleEvery, evaluateEvery)
        (self.skipsUnreadable, self.isConditional, self.labelDropout) = (skipsUnreadable, isConditional, labelDropout)
        (self.diffusion, self.features, self.distanceImages) = (diffusion, features, distanceImages)
    }

    /// `diffusion`, read.
    ///
    /// - Throws: a name that is no such setting, or a value that it does not take.
    func diffusionSettings() throws(ConfigurationError) -> DiffusionSettings {
        var configuration = RunConfiguration()
        for (name, text) in (diffusion ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let setting = SettingGroup.learned.settings.first(where: { $0.name == name }) else {
                let known = SettingGroup.learned.settings.map(\.name).joined(separator: ", ")
                throw ConfigurationError(name, text, "is no setting of what is learned", wayOut: "use \(known)")
            }
            try configuration.set(setting, to: text)
        }
        return configuration.diffusion
    }

    /// All steps of the run.
    public var steps: Int { learningRate.steps }

    enum CodingKeys: String, CodingKey {
        case data, preset, seed, precision, convolution, diffusion, features
        case initialCheckpoint = "initial_checkpoint"
        case batchSize = "batch_size"
        case learningRate = "learning_rate"
        case weightDecay = "weight_decay"
        case checkpointEvery = "checkpoint_every"
        case sampleEvery = "sample_every"
        case evaluateEvery = "evaluate_every"
        case distanceImages = "distance_images"
        case skipsUnreadable = "skip_unreadable"
        case isConditional = "conditional"
        case labelDropout = "label_dropout"
    }
}

extension UNetConfiguration.Preset: Codable {}
extension Conv2DKernel: Codable {}
extension Precision: Codable {}
