import Codec
import Datasets
import Energy
import FedRuntime
import Kernels
import Model

/// Everything that decides what a federated run does. Equal configurations give equal weights on one machine.
///
/// The defaults are a run on drawn traffic signs that takes minutes on two cores.
public struct RunConfiguration: Sendable, Equatable {
    /// The images.
    public var data = DataSpecification.synthetic(style: nil)
    /// How many synthetic images to draw; nil for 512 a device. Other data sets are used whole.
    public var images: Int?
    /// GTSRB: images are cut to the sign's box grown by this share of its side; nil keeps them whole.
    public var crop: Double?
    /// Whether images that cannot be read are left out; otherwise a run with such images does not start.
    public var skipsUnreadable = false
    /// The model's size where training starts from random weights. A checkpoint has its own, which must be this where both are given.
    public var preset: UNetConfiguration.Preset?
    /// The weights to start from; nil for random ones.
    public var initial: ModelSource?
    /// Whether the model learns the classes of the images, so that it can draw them by name.
    public var isConditional = false
    /// Of conditional models: the share of labels that training hides; nil for 0.1.
    public var labelDropout: Double?
    /// Where the devices come from, and how many there are.
    public var devices = DeviceSource.automatic
    /// Classes that generated devices are drawn from; nil for the four of `DeviceProfile.heterogeneous`.
    public var profiles: [String]?
    /// Metres to the server of generated devices, uniform over the area between these radii; nil for those of their profiles.
    public var distance: ClosedRange<Double>?
    /// Devices that train in a round; nil for all.
    public var select: Int?
    package var partition = ImagePartition.spread(.dirichlet(alpha: 0.5))
    /// Rounds of the whole run.
    public var rounds = 30
    /// Optimiser steps that a device makes in a round.
    public var localIterations = 4
    /// Images in one step.
    public var batchSize = 16
    /// Learning rate of the devices' AdamW.
    public var learningRate = 2e-4
    /// Rounds until the learning rate is reached.
    public var warmUpRounds = 0
    /// The learning rate after the warm-up; with `cosine` the run's length is fixed when it starts.
    public var decay = LearningRateSchedule.Decay.constant
    /// `mu` of FedProx [Li20]: how strongly local training is drawn back to the global weights; 0 not at all.
    public var proximal = 0.0
    /// What the model learns.
    public var diffusion = DiffusionSettings()
    /// How the bits of an update are chosen.
    public var scheme = SchemeKind.onDemand
    /// Bits per parameter that devices accept; one width for scheme `fixed`, not used by `fedavg`. nil for 2...8 on a lattice, else 6...8.
    public var bits: ClosedRange<Int>?
    /// The levels that values are rounded to.
    public var grid = QuantizationGrid.lattice
    /// Consecutive values that share a scale, 0 for a whole tensor; a lattice has one for all.
    public var groupSize = 256
    /// What devices send.
    public var payload = PayloadKind.change
    /// What generated devices demand of their updates; nil for a relative error of 0.02 to 0.09 of a change, 1e-4 to 2e-3 of weights.
    public var demand: GeneratedDemand?
    /// Error feedback: the most rounds after which a device still adds its residual to its next change; 0 for no error feedback.
    public var errorFeedback = 0
    /// Bits per parameter of the global model as devices receive it; nil sends it exactly.
    public var downlinkBits: Int?
    /// In place of `downlinkBits`: the relative error that it may have, which each round takes the fewest bytes for.
    public var downlinkDemand: Double?
    /// How a device's demand becomes bits.
    public var rule = BitRule.measured
    /// Whose errors decide the bits of scheme `on-demand`.
    public var bitPlanning = BitPlanning.device
    /// Of bit planning `system`: the relative error that the average of the updates may have; nil for what the demands add up to.
    public var aggregateError: Double?
    /// The work that plans count with.
    public var workload = Workload.measured
    /// What processors draw by their frequency: the form that plans take, where devices have it; nil for tables.
    public var energyModel: EnergyModel?
    /// How long a round may take.
    public var timeBudget = TimeBudget.automatic
    /// Seconds above the time budget that a device may take where not even its fewest bits fit into it.
    public var allowLonger = 0.0
    /// How channels change from round to round.
    public var fading = FadingKind.rayleigh
    /// Standard deviation of log-normal shadowing, in dB; 0 for none.
    public var shadowing = 0.0
    /// Rate at which devices receive the global model, in bit/s.
    public var downlinkRate = LedgerSettings().downlinkBitsPerSecond
    /// Whether the time budget is for receiving the global model, too.
    public var plansDownlink = false
    /// Watts of every device while it receives; nil for those of its profile or file.
    public var receiverPower: Double?
    /// Watts of every device while it waits; nil for those of its profile or file.
    public var idlePower: Double?
    /// Watts of this machine while it works for the run; nil counts none.
    public var serverPower: Double?
    /// Grams of CO2 a kilowatt-hour; nil counts none.
    public var gridIntensity: Double?
    /// What the server makes of a round's updates.
    public var aggregation = AggregationKind.mean
    /// Of `trimmed-mean`: the share of a coordinate's values left out on either side; nil for 0.1.
    public var trimFraction: Double?
    /// The largest Euclidean norm of an update that the server accepts; nil accepts any.
    public var normBound: Double?
    /// How the server takes in a round's average.
    public var serverOptimizer = ServerOptimizerKind.fedAvg
    /// Of `fedavgm` and `fedadam`; nil for 1 and 0.001, at which no step of `fedadam` is longer than its averaged change.
    public var serverLearningRate: Double?
    /// `momentum` of `fedavgm`, `beta1` of `fedadam`; nil for 0.9.
    public var serverMomentum: Double?
    /// Decay of the averaged weights for each local step, in the long run.
    public var averageDecay = 0.9999
    /// Rounds between evaluations on held-out images; 0 for none.
    public var evaluateEvery = 5
    /// The weights of a feature network; evaluations then measure how far drawn images are from training images. nil measures no distance.
    public var features: String?
    /// Of runs with `features`: images that are drawn, and training images they are compared with; nil for 500.
    public var distanceImages: Int?
    /// Rounds between sample grids; 0 for none.
    public var sampleEvery = 10
    /// Checkpoints that stay.
    public var keepCheckpoints = 2
    /// Whether each round is compared with other schemes: the same updates, planned and encoded anew under each.
    public var compareSchemes = true
    /// Seed of everything random.
    public var seed: UInt64 = 0
    /// Threads to compute with; nil for all processors. Results do not depend on it.
    public var threads: Int?
    /// What the model keeps activations in; nil for float32. Results differ by rounding. A run records what `auto` took.
    public var precision: PrecisionChoice?
    /// The kernel for every convolution that it accepts; nil takes the best that accepts each. Results differ by rounding.
    public var convolution: Conv2DKernel?

    /// The defaults.
    public init() {}
}

/// Where the devices come from.
public enum DeviceSource: Sendable, Equatable {
    /// Drawn from the built-in profiles.
    case generated(count: Int)
    /// A JSON array of devices.
    case file(String)
    /// Drawn from the built-in profiles: one for each folder with partition `folders`, else ten.
    case automatic
}

/// Whose errors decide the bits that devices send on demand.
public enum BitPlanning: String, Sendable, CaseIterable {
    /// Every device keeps to its own demand.
    case device
    /// The average of a round's updates keeps to an error, at the least energy of all devices together.
    case system
}

/// How channels change from round to round, before a trace is read.
public enum FadingKind: Sendable, Equatable {
    /// Power gains of a Rayleigh channel, drawn anew each round for each device.
    case rayleigh
    /// No change: a gain of 1.
    case none
    /// A CSV file of gains.
    case trace(path: String)
}

/// What the server makes of a round's updates, before its constants are known.
public enum AggregationKind: String, Sendable, CaseIterable {
    /// The mean, weighted by images.
    case mean
    /// The mean of each coordinate without its smallest and largest values.
    case trimmedMean = "trimmed-mean"
    /// The median of each coordinate.
    case median
}

/// How the server takes in a round's average, before its constants are known.
public enum ServerOptimizerKind: String, Sendable, CaseIterable {
    /// Takes the average as it is.
    case fedAvg = "fedavg"
    /// Momentum over the rounds.
    case fedAvgM = "fedavgm"
    /// Adam over the rounds.
    case fedAdam = "fedadam"
}

/// How bits are chosen, before the number of bits is known.
public enum SchemeKind: String, Sendable, CaseIterable {
    /// The fewest bits that keep each device's demand.
    case onDemand = "on-demand"
    /// The same bits for every device.
    case fixed
    /// Exact values, 32 bits.
    case fedAvg = "fedavg"
}
