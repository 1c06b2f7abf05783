import FedRuntime
import Kernels

/// The table of settings, the second part: energy, server, records.
extension Setting {
    // MARK: Energy and channels
    /// `workload`: ``RunConfiguration/workload``.
    public static let workload = Setting(
        "workload", \.workload, .choice(of: [("measured", .measured), ("paper", .paper)]), "kind",
        "Work that plans count with: measured FLOPs, or the paper's cycles")
    /// `energy-model`: ``RunConfiguration/energyModel``.
    public static let energyModel = Setting(
        "energy-model", \.energyModel, .choice(), "name",
        "What processors draw: table (measured, where a device has one), smooth (a + b f + tau f³) or paper (tau f³)",
        default: "table")
    /// `time-budget`: ``RunConfiguration/timeBudget``.
    public static let timeBudget = Setting(
        "time-budget", \.timeBudget, .timeBudget(), "seconds", "Seconds that a round may take, or auto")
    /// `allow-longer`: ``RunConfiguration/allowLonger``.
    public static let allowLonger = Setting(
        "allow-longer", \.allowLonger, .number(from: 0, upTo: 1e12), "seconds",
        "Seconds above the time budget that a device may take where not even its fewest bits fit", default: "0")
    /// `fading`: ``RunConfiguration/fading``.
    public static let fading = Setting(
        "fading", \.fading, .fading(), "model",
        "How channels change from round to round: rayleigh, none or trace:FILE (CSV: round, device, gain or gain_db)")
    /// `shadowing`: ``RunConfiguration/shadowing``.
    public static let shadowing = Setting(
        "shadowing", \.shadowing, .number(from: 0, upTo: 40), "dB",
        "Standard deviation of each device's log-normal shadowing, drawn once a run", default: "0")
    /// `downlink-rate`: ``RunConfiguration/downlinkRate``.
    public static let downlinkRate = Setting(
        "downlink-rate", \.downlinkRate, .number(above: 0, upTo: 1e15), "bit/s",
        "Bits a second at which devices receive the model", default: "13e6")
    /// `plan-downlink`: ``RunConfiguration/plansDownlink``.
    public static let planDownlink = Setting(
        "plan-downlink", \.plansDownlink, .switchedOn(), "on|off",
        "Receiving the model takes its time from the time budget; off: it comes before", default: "off")
    /// `receiver-power`: ``RunConfiguration/receiverPower``.
    public static let receiverPower = Setting(
        "receiver-power", \.receiverPower, .number(from: 0, upTo: 1e6), "watts", "Watts of a device that receives",
        default: "its profile's")
    /// `idle-power`: ``RunConfiguration/idlePower``.
    public static let idlePower = Setting(
        "idle-power", \.idlePower, .number(from: 0, upTo: 1e6), "watts", "Watts of a device that waits", default: "its profile's")
    /// `server-power`: ``RunConfiguration/serverPower``.
    public static let serverPower = Setting(
        "server-power", \.serverPower, .number(from: 0, upTo: 1e6), "watts",
        "Watts of this machine while it starts, plans, averages and evaluates; the ledger's phases then have its joules",
        default: "none")
    /// `grid-intensity`: ``RunConfiguration/gridIntensity``.
    public static let gridIntensity = Setting(
        "grid-intensity", \.gridIntensity, .number(from: 0, upTo: 1e6), "g/kWh",
        "Grams of CO2 a kWh; the records then have co2_g", default: "none")

    // MARK: Server
    /// `aggregation`: ``RunConfiguration/aggregation``.
    public static let aggregation = Setting(
        "aggregation", \.aggregation, .choice(), "name", "What becomes of a round's updates: mean, trimmed-mean or median")
    /// `trim-fraction`: ``RunConfiguration/trimFraction``.
    public static let trimFraction = Setting(
        "trim-fraction", \.trimFraction, .number(above: 0, upTo: 0.5), "share",
        "Share of values that trimmed-mean leaves out on either side", default: "0.1")
    /// `norm-bound`: ``RunConfiguration/normBound``.
    public static let normBound = Setting(
        "norm-bound", \.normBound, .number(above: 0, upTo: 1e30), "norm", "Largest norm of an update that the server accepts",
        default: "any")
    /// `server-optimizer`: ``RunConfiguration/serverOptimizer``.
    public static let serverOptimizer = Setting(
        "server-optimizer", \.serverOptimizer, .choice(), "name",
        "How the server takes in a round's average: fedavg, fedavgm or fedadam")
    /// `server-learning-rate`: ``RunConfiguration/serverLearningRate``.
    public static let serverLearningRate = Setting(
        "server-learning-rate", \.serverLearningRate, .number(above: 0, upTo: 1000), "rate",
        "Learning rate of fedavgm or fedadam", default: "1 or 0.001")
    /// `server-momentum`: ``RunConfiguration/serverMomentum``.
    public static let serverMomentum = Setting(
        "server-momentum", \.serverMomentum, .number(from: 0, upTo: 0.9999), "momentum", "Momentum of fedavgm, beta1 of fedadam",
        default: "0.9")
    /// `ema-decay`: ``RunConfiguration/averageDecay``.
    public static let averageDecay = Setting(
        "ema-decay", \.averageDecay, .number(above: 0, upTo: 1), "decay",
        "Long-run decay of the averaged weights, for each local step")

    // MARK: Records and machine
    /// `evaluate-every`: ``RunConfiguration/evaluateEvery``.
    public static let evaluateEvery = Setting(
        "evaluate-every", \.evaluateEvery, .integer(0...1_000_000), "n",
        "Rounds between evaluations: loss on held-out images, distances; 0: none",
        changeable: true)
    /// `features`: ``RunConfiguration/features``.
    public static let features = Setting(
        "features", \.features, .path(), "file",
        "Weights of a feature network: evaluations then draw images and measure their distance to training images",
        default: "none", changeable: true)
    /// `distance-images`: ``RunConfiguration/distanceImages``.
    public static let distanceImages = Setting(
        "distance-images", \.distanceImages, .integer(2...1_000_000), "n", "Images that are drawn for distances",
        default: "500", changeable: true)
    /// `sample-every`: ``RunConfiguration/sampleEvery``.
    public static let sampleEvery = Setting(
        "sample-every", \.sampleEvery, .integer(0...1_000_000), "n", "Rounds between sample grids; 0: none", changeable: true)
    /// `keep-checkpoints`: ``RunConfiguration/keepCheckpoints``.
    public static let keepCheckpoints = Setting(
        "keep-checkpoints", \.keepCheckpoints, .integer(1...1_000_000), "n", "Checkpoints that stay in the run directory",
        changeable: true)
    /// `compare-schemes`: ``RunConfiguration/compareSchemes``.
    public static let compareSchemes = Setting(
        "compare-schemes", \.compareSchemes, .choice(of: [("on", true), ("off", false)]), "on|off",
        "Compare each round with what other schemes would have cost", changeable: true)
    /// `seed`: ``RunConfiguration/seed``.
    public static let seed = Setting("seed", \.seed, .seed(), "n", "Seed of everything random")
    /// `threads`: ``RunConfiguration/threads``.
    public static let threads = Setting(
        "threads", \.threads, .integer(1...1024), "n", "Threads to compute with; results do not depend on it",
        default: "all processors that it may use", changeable: true)
    /// `precision`: ``RunConfiguration/precision``.
    public static let precision = Setting(
        "precision", \.precision, .choice(), "precision",
        "What activations are kept and multiplied in; auto takes what is faster here", default: "float32")
    /// `convolution`: ``RunConfiguration/convolution``.
    public static let convolution = Setting(
        "convolution", \.convolution, .choice(), "kernel", "Compute every convolution that it accepts with this kernel",
        default: "the fastest that accepts each")
}
