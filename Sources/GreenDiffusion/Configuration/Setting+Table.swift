import Codec
import FedRuntime
import Kernels
import Model

/// The table of settings, the first part. A new one is a property of `RunConfiguration`, its entry here with its place in a group, and its use.
extension Setting {
    // MARK: Images and model
    /// `data`: ``RunConfiguration/data``.
    public static let data = Setting(
        "data", \.data, .data(), "spec", "Images: synthetic[:STYLE], cifar10:DIR, gtsrb:DIR or folder:DIR")
    /// `images`: ``RunConfiguration/images``.
    public static let images = Setting(
        "images", \.images, .integer(1...10_000_000), "n", "Synthetic images to draw, all devices together",
        default: "\(RunConfiguration.imagesPerDevice) a device")
    /// `crop`: ``RunConfiguration/crop``.
    public static let crop = Setting(
        "crop", \.crop, .number(from: 0, upTo: 1), "share", "GTSRB: cut images to the sign's box grown by this share",
        default: "whole images")
    /// `skip-unreadable`: ``RunConfiguration/skipsUnreadable``.
    public static let skipUnreadable = Setting(
        "skip-unreadable", \.skipsUnreadable, .switchedOn(), "on|off", "Go on without images that cannot be read", default: "off")
    /// `preset`: ``RunConfiguration/preset``.
    public static let preset = Setting(
        "preset", \.preset, .choice(), "name", "Model to train from random weights: tiny, small or ddpm-cifar10", default: "small"
    )
    /// `init`: ``RunConfiguration/initial``.
    public static let initial = Setting(
        "init", \.initial, .model(), "checkpoint", "Start from a checkpoint folder or builtin:NAME", default: "random weights")
    /// `conditional`: ``RunConfiguration/isConditional``.
    public static let conditional = Setting(
        "conditional", \.isConditional, .switchedOn(), "on|off", "Learn the classes of the images, to draw them by name",
        default: "off")
    /// `label-dropout`: ``RunConfiguration/labelDropout``.
    public static let labelDropout = Setting(
        "label-dropout", \.labelDropout, .number(from: 0, upTo: 1), "share",
        "Share of labels that a conditional model does not see, for guidance", default: "0.1")

    // MARK: Devices
    /// `devices`: ``RunConfiguration/devices``.
    public static let devices = Setting(
        "devices", \.devices, .devices(), "n|file", "How many devices, or a file of devices",
        default: "10; with partition folders, as many as there are folders")
    /// `profiles`: ``RunConfiguration/profiles``.
    public static let profiles = Setting(
        "profiles", \.profiles, .profiles(), "names",
        "Classes that generated devices are drawn from, e.g. raspberry-pi-4,phone-big", default: "four generic ones")
    /// `distance`: ``RunConfiguration/distance``.
    public static let distance = Setting(
        "distance", \.distance, .range(from: 1e-3, upTo: 1e9), "min:max",
        "Metres between generated devices and server: a distance, or MIN:MAX, uniform over that ring", default: "by profile")
    /// `select`: ``RunConfiguration/select``.
    public static let select = Setting(
        "select", \.select, .integer(1...RunConfiguration.deviceLimit), "k", "Devices that train in a round", default: "all")
    /// `partition`: how the images are spread over the devices.
    public static let partition = Setting(
        "partition", \.partition, .partition(), "rule",
        "How images are spread: iid, dirichlet:ALPHA, folders (one device each), or own (on other machines: each has its own)")

    // MARK: Local training
    /// `rounds`: ``RunConfiguration/rounds``.
    public static let rounds = Setting(
        "rounds", \.rounds, .integer(1...1_000_000), "n", "Rounds of the whole run", changeable: true)
    /// `local-iterations`: ``RunConfiguration/localIterations``.
    public static let localIterations = Setting(
        "local-iterations", \.localIterations, .integer(1...1_000_000), "n", "Optimiser steps of a device in a round")
    /// `batch-size`: ``RunConfiguration/batchSize``.
    public static let batchSize = Setting("batch-size", \.batchSize, .integer(1...4096), "n", "Images in one step")
    /// `learning-rate`: ``RunConfiguration/learningRate``.
    public static let learningRate = Setting(
        "learning-rate", \.learningRate, .number(above: 0, upTo: 1), "rate", "Learning rate of the devices' AdamW")

    /// `warm-up`: ``RunConfiguration/warmUpRounds``.
    public static let warmUp = Setting(
        "warm-up", \.warmUpRounds, .positive(upTo: 1_000_000), "rounds", "Rounds until the learning rate is reached", default: "0"
    )
    /// `decay`: ``RunConfiguration/decay``.
    public static let decay = Setting(
        "decay", \.decay, .decay(), "shape", "Learning rate afterwards: constant, or cosine down to 0 in the last round",
        default: "constant")
    /// `proximal`: ``RunConfiguration/proximal``.
    public static let proximal = Setting(
        "proximal", \.proximal, .positive(upTo: 1e6), "mu",
        "FedProx: draws devices back to the global weights by mu times the distance", default: "0")

    // MARK: What is learned
    /// `prediction`: ``DiffusionSettings/prediction``.
    public static let prediction = Setting(
        "prediction", \.diffusion.prediction, .choice(), "kind",
        "What the model predicts: epsilon (the noise), v_prediction or sample (the image)",
        default: "v_prediction, or as the checkpoint does")
    /// `noise-schedule`: ``DiffusionSettings/betaSchedule``.
    public static let noiseSchedule = Setting(
        "noise-schedule", \.diffusion.betaSchedule, .choice(), "name",
        "How noise grows with the timestep: linear, scaled_linear or squaredcos_cap_v2",
        default: "linear, or as the checkpoint has it")
    /// `zero-snr`: ``DiffusionSettings/rescalesToZeroSNR``.
    public static let zeroSNR = Setting(
        "zero-snr", \.diffusion.rescalesToZeroSNR, .switchedOn(), "on|off",
        "Stretch the schedule until nothing of the image is left at its end", default: "off")
    /// `loss-weighting`: ``DiffusionSettings/weighting``.
    public static let lossWeighting = Setting(
        "loss-weighting", \.diffusion.weighting, .weighting(), "rule",
        "How much errors count by noise level: uniform, or min-snr:GAMMA",
        default: "min-snr:5 where v is predicted, else uniform")
    /// `timestep-sampling`: ``DiffusionSettings/timesteps``.
    public static let timestepSampling = Setting(
        "timestep-sampling", \.diffusion.timesteps, .timestepSampling(), "rule",
        "How often timesteps come: uniform, log-normal[:MEAN:DEVIATION] or speed[:THRESHOLD:FACTOR]",
        default: "speed:0.7:5 where v is predicted, else uniform")

    // MARK: Updates
    /// `scheme`: ``RunConfiguration/scheme``.
    public static let scheme = Setting(
        "scheme", \.scheme, .choice(), "name", "on-demand (bits by each device's demand), fixed or fedavg (32 bits)")
    /// `bits`: ``RunConfiguration/bits``.
    public static let bits = Setting(
        "bits", \.bits, .widths(), "bits", "Bits per parameter: a width, or LOWEST:HIGHEST in 2...8",
        default: "2:8 on a lattice, else 6:8")
    /// `grid`: ``RunConfiguration/grid``.
    public static let grid = Setting(
        "grid", \.grid, .choice(), "grid",
        "Quantization levels: lattice (one step, entropy coded), paper or zero")
    /// `group-size`: ``RunConfiguration/groupSize``.
    public static let groupSize = Setting(
        "group-size", \.groupSize, .integer(0...Int(UInt32.max)), "n", "Values that share a scale; 0: a whole tensor")
    /// `payload`: ``RunConfiguration/payload``.
    public static let payload = Setting(
        "payload", \.payload, .choice(of: [("weights", .weights), ("change", .change)]), "kind",
        "What devices send: their change, or weights")
    /// `demand`: ``RunConfiguration/demand``.
    public static let demand = Setting(
        "demand", \.demand, .demand(), "epsilon|min:max|budget",
        "Largest relative quantization error of generated devices; or what a round may cost each: bytes:N, energy:JOULES",
        default: "0.02:0.09 of a change, 1e-4:2e-3 of weights")
    /// `error-feedback`: ``RunConfiguration/errorFeedback``.
    public static let errorFeedback = Setting(
        "error-feedback", \.errorFeedback, .integer(0...1_000_000), "n",
        "Rounds that a device's quantization error may wait to be made up for with its next change; 0: never")
    /// `downlink-bits`: ``RunConfiguration/downlinkBits``.
    public static let downlinkBits = Setting(
        "downlink-bits", \.downlinkBits, .width(), "bits", "Quantize the global model that devices receive to so many bits",
        default: "exact")
    /// `downlink-demand`: ``RunConfiguration/downlinkDemand``.
    public static let downlinkDemand = Setting(
        "downlink-demand", \.downlinkDemand, .number(above: 0, upTo: 0.5), "epsilon",
        "Or to the fewest bytes with this relative error", default: "none")
    /// `rule`: ``RunConfiguration/rule``.
    public static let rule = Setting("rule", \.rule, .choice(), "rule", "How a demand becomes bits: measured or theorem1")
    /// `bit-planning`: ``RunConfiguration/bitPlanning``.
    public static let bitPlanning = Setting(
        "bit-planning", \.bitPlanning, .choice(), "kind",
        "Whose error decides the bits: each device's, or the system's (their average's)")
    /// `aggregate-error`: ``RunConfiguration/aggregateError``.
    public static let aggregateError = Setting(
        "aggregate-error", \.aggregateError, .number(above: 0, upTo: 1), "epsilon",
        "Relative error of the average with bit-planning system", default: "what the demands add up to")
}
