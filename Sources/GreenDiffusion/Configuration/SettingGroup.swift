/// Settings that belong together: a heading of the help.
public struct SettingGroup: Sendable, CaseIterable {
    /// The heading.
    public let title: String
    /// In the order of help and `config.yaml`.
    public let settings: [Setting]

    /// What `train` and `pretrain` share.
    static let learned = SettingGroup(
        title: "What is learned", settings: [.prediction, .noiseSchedule, .zeroSNR, .lossWeighting, .timestepSampling])

    /// All groups, in the order of help and `config.yaml`.
    public static let allCases = [
        SettingGroup(
            title: "Images and model",
            settings: [.data, .images, .crop, .skipUnreadable, .preset, .initial, .conditional, .labelDropout]),
        SettingGroup(title: "Devices", settings: [.devices, .profiles, .distance, .select, .partition]),
        SettingGroup(
            title: "Local training", settings: [.rounds, .localIterations, .batchSize, .learningRate, .warmUp, .decay, .proximal]),
        learned,
        SettingGroup(
            title: "Updates",
            settings: [
                .scheme, .bits, .grid, .groupSize, .payload, .demand, .errorFeedback, .downlinkBits, .downlinkDemand, .rule,
                .bitPlanning,
                .aggregateError,
            ]),
        SettingGroup(
            title: "Energy and channels",
            settings: [
                .workload, .energyModel, .timeBudget, .allowLonger, .fading, .shadowing, .downlinkRate, .planDownlink,
                .receiverPower, .idlePower, .serverPower, .gridIntensity,
            ]),
        SettingGroup(
            title: "Server",
            settings: [
                .aggregation, .trimFraction, .normBound, .serverOptimizer, .serverLearningRate, .serverMomentum, .averageDecay,
            ]),
        SettingGroup(
            title: "Records and machine",
            settings: [
                .evaluateEvery, .features, .distanceImages, .sampleEvery, .keepCheckpoints, .compareSchemes, .seed, .threads,
                .precision, .convolution,
            ]),
    ]
}
