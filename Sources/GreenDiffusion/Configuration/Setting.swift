import Storage

/// The settings of a federated run: the keys of its YAML file, and the flags of `greendiff train` without their dashes.
public enum Setting: String, Sendable, CaseIterable {
    case data
    case images
    case crop
    case preset
    case initial = "init"
    case devices
    case profiles
    case distance
    case select
    case partition
    case rounds
    case localIterations = "local-iterations"
    case batchSize = "batch-size"
    case learningRate = "learning-rate"
    case scheme
    case bits
    case grid
    case groupSize = "group-size"
    case payload
    case demand
    case errorFeedback = "error-feedback"
    case downlinkBits = "downlink-bits"
    case rule
    case bitPlanning = "bit-planning"
    case aggregateError = "aggregate-error"
    case workload
    case timeBudget = "time-budget"
    case allowLonger = "allow-longer"
    case fading
    case shadowing
    case downlinkRate = "downlink-rate"
    case receiverPower = "receiver-power"
    case idlePower = "idle-power"
    case gridIntensity = "grid-intensity"
    case aggregation
    case trimFraction = "trim-fraction"
    case normBound = "norm-bound"
    case serverOptimizer = "server-optimizer"
    case serverLearningRate = "server-learning-rate"
    case serverMomentum = "server-momentum"
    case averageDecay = "ema-decay"
    case evaluateEvery = "evaluate-every"
    case sampleEvery = "sample-every"
    case keepCheckpoints = "keep-checkpoints"
    case seed
    case threads
    case convolution

    /// The known setting that `name` most resembles, where it resembles one.
    static func nearest(to name: String) -> Setting? {
        let candidates = allCases.map { (setting: $0, distance: editDistance($0.rawValue, name)) }
        guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(2, name.count / 3) ? best.setting : nil
    }
}
