import ArgumentParser
import GreenDiffusion

/// The flags of `greendiff train` that set one setting each. Their text is read by the library, as a YAML file's is.
struct TrainOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Images: synthetic[:STYLE], cifar10:DIR, gtsrb:DIR or folder:DIR.", valueName: "spec"))
    var data: String?
    @Option(help: ArgumentHelp("Synthetic images to draw, all devices together.", valueName: "n"))
    var images: String?
    @Option(
        help: ArgumentHelp("GTSRB: cut images to the sign's box grown by this share (default: whole images).", valueName: "share")
    )
    var crop: String?
    @Option(help: ArgumentHelp("Model to train from random weights: tiny, small or ddpm-cifar10.", valueName: "name"))
    var preset: String?
    @Option(
        name: .customLong("init"), help: ArgumentHelp("Start from a checkpoint folder or builtin:NAME.", valueName: "checkpoint"))
    var initial: String?
    @Option(help: ArgumentHelp("How many devices, or a JSON file of devices.", valueName: "n|file"))
    var devices: String?
    @Option(
        help: ArgumentHelp(
            "Classes that generated devices are drawn from, e.g. raspberry-pi-4,phone-big (default: four generic ones).",
            valueName: "names"))
    var profiles: String?
    @Option(
        help: ArgumentHelp(
            "Metres between generated devices and server: a distance, or MIN:MAX, uniform over that ring (default: by profile).",
            valueName: "min:max"))
    var distance: String?
    @Option(help: ArgumentHelp("Devices that train in a round (default: all).", valueName: "k"))
    var select: String?
    @Option(help: ArgumentHelp("How images are spread: iid or dirichlet:ALPHA.", valueName: "rule"))
    var partition: String?
    @Option(help: ArgumentHelp("Rounds of the whole run.", valueName: "n"))
    var rounds: String?
    @Option(help: ArgumentHelp("Optimiser steps of a device in a round.", valueName: "n"))
    var localIterations: String?
    @Option(help: ArgumentHelp("Images in one step.", valueName: "n"))
    var batchSize: String?
    @Option(help: ArgumentHelp("Learning rate of the devices' AdamW.", valueName: "rate"))
    var learningRate: String?
    @Option(help: ArgumentHelp("on-demand (bits by each device's demand), fixed or fedavg (32 bits).", valueName: "name"))
    var scheme: String?
    @Option(help: ArgumentHelp("Bits per parameter: a width, or LOWEST:HIGHEST in 2...8.", valueName: "bits"))
    var bits: String?
    @Option(help: ArgumentHelp("Quantization levels: paper, zero or lattice (one step, entropy coded).", valueName: "grid"))
    var grid: String?
    @Option(help: ArgumentHelp("Values that share a scale; 0: a whole tensor.", valueName: "n"))
    var groupSize: String?
    @Option(help: ArgumentHelp("What devices send: weights, or their change.", valueName: "kind"))
    var payload: String?
    @Option(help: ArgumentHelp("Largest relative quantization error of generated devices.", valueName: "epsilon|min:max"))
    var demand: String?
    @Option(help: ArgumentHelp("How a demand becomes bits: measured or theorem1.", valueName: "rule"))
    var rule: String?
    @Option(help: ArgumentHelp("Work that plans count with: measured FLOPs, or the paper's cycles.", valueName: "kind"))
    var workload: String?
    @Option(help: ArgumentHelp("Seconds that a round may take, or auto.", valueName: "seconds"))
    var timeBudget: String?
    @Option(
        help: ArgumentHelp(
            "Seconds above the time budget that a device may take where not even its fewest bits fit (default: 0).",
            valueName: "seconds"))
    var allowLonger: String?
    @Option(
        help: ArgumentHelp(
            "How channels change from round to round: rayleigh, none or trace:FILE (CSV: round, device, gain or gain_db).",
            valueName: "model"))
    var fading: String?
    @Option(
        help: ArgumentHelp(
            "Standard deviation of each device's log-normal shadowing, drawn once a run (default: 0).", valueName: "dB"))
    var shadowing: String?
    @Option(help: ArgumentHelp("Bits a second at which devices receive the model (default: 13e6).", valueName: "bit/s"))
    var downlinkRate: String?
    @Option(help: ArgumentHelp("Watts of a device that receives (default: its profile's).", valueName: "watts"))
    var receiverPower: String?
    @Option(help: ArgumentHelp("Watts of a device that waits (default: its profile's).", valueName: "watts"))
    var idlePower: String?
    @Option(help: ArgumentHelp("Grams of CO2 a kWh; the records then have co2_g (default: none).", valueName: "g/kWh"))
    var gridIntensity: String?
    @Option(help: ArgumentHelp("What becomes of a round's updates: mean, trimmed-mean or median.", valueName: "name"))
    var aggregation: String?
    @Option(
        help: ArgumentHelp("Share of values that trimmed-mean leaves out on either side (default: 0.1).", valueName: "share"))
    var trimFraction: String?
    @Option(help: ArgumentHelp("Largest norm of an update that the server accepts (default: any).", valueName: "norm"))
    var normBound: String?
    @Option(help: ArgumentHelp("How the server takes in a round's average: fedavg, fedavgm or fedadam.", valueName: "name"))
    var serverOptimizer: String?
    @Option(help: ArgumentHelp("Learning rate of fedavgm (default: 1) or fedadam (default: 0.001).", valueName: "rate"))
    var serverLearningRate: String?
    @Option(help: ArgumentHelp("Momentum of fedavgm, beta1 of fedadam (default: 0.9).", valueName: "momentum"))
    var serverMomentum: String?
    @Option(help: ArgumentHelp("Long-run decay of the averaged weights, for each local step.", valueName: "decay"))
    var emaDecay: String?
    @Option(help: ArgumentHelp("Rounds between evaluations on held-out images; 0: none.", valueName: "n"))
    var evaluateEvery: String?
    @Option(help: ArgumentHelp("Rounds between sample grids; 0: none.", valueName: "n"))
    var sampleEvery: String?
    @Option(help: ArgumentHelp("Checkpoints that stay in the run directory.", valueName: "n"))
    var keepCheckpoints: String?
    @Option(help: ArgumentHelp("Seed of everything random.", valueName: "n"))
    var seed: String?
    @Option(help: ArgumentHelp("Threads to compute with; results do not depend on it (default: all processors).", valueName: "n"))
    var threads: String?
    @OptionGroup var convolutionOptions: ConvolutionOptions

    /// The settings that were given, in the order of `Setting`.
    var given: [(setting: Setting, text: String)] {
        Setting.allCases.compactMap { setting in text(of: setting).map { (setting, $0) } }
    }

    private func text(of setting: Setting) -> String? {
        switch setting {
        case .data: data
        case .images: images
        case .crop: crop
        case .preset: preset
        case .initial: initial
        case .devices: devices
        case .profiles: profiles
        case .distance: distance
        case .select: select
        case .partition: partition
        case .rounds: rounds
        case .localIterations: localIterations
        case .batchSize: batchSize
        case .learningRate: learningRate
        case .scheme: scheme
        case .bits: bits
        case .grid: grid
        case .groupSize: groupSize
        case .payload: payload
        case .demand: demand
        case .rule: rule
        case .workload: workload
        case .timeBudget: timeBudget
        case .allowLonger: allowLonger
        case .fading: fading
        case .shadowing: shadowing
        case .downlinkRate: downlinkRate
        case .receiverPower: receiverPower
        case .idlePower: idlePower
        case .gridIntensity: gridIntensity
        case .aggregation: aggregation
        case .trimFraction: trimFraction
        case .normBound: normBound
        case .serverOptimizer: serverOptimizer
        case .serverLearningRate: serverLearningRate
        case .serverMomentum: serverMomentum
        case .averageDecay: emaDecay
        case .evaluateEvery: evaluateEvery
        case .sampleEvery: sampleEvery
        case .keepCheckpoints: keepCheckpoints
        case .seed: seed
        case .threads: threads
        case .convolution: convolutionOptions.convolution?.rawValue
        }
    }

    /// Reads every given flag once, so that a wrong value is wrong usage.
    func validate() throws {
        var configuration = RunConfiguration()
        for (setting, text) in given {
            do { try configuration.set(setting, to: text) } catch { throw ValidationError("\(error)") }
        }
    }
}
