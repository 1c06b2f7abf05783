import Codec
import DevicePlanning
import FedRuntime
import Foundation
import Kernels
import Logging
import Model
import Storage

/// A resolved configuration made real: images, devices, model and the settings of the rounds.
struct RunComponents {
    let configuration: RunConfiguration
    let site: RunSite
    let images: RunImages
    let devices: [FederatedDevice]
    /// Where every device trains, one after another; its parameters are the initial ones at first.
    let model: UNet
    /// What the model learns to tell apart; nil in runs that are not conditional.
    let classes: TrainedClasses?
    let scheduler: SchedulerConfiguration
    let schedule: NoiseSchedule
    let settings: FederationSettings
    /// By setting, a hash of what the run reads outside its folder.
    let inputs: [String: String]
    let threads: Int
    /// Measures the distance of drawn images; nil in runs that do not.
    let distances: DrawnDistances?

    /// - Parameters:
    ///   - configuration: as `RunConfiguration.resolved` gave it; `auto` becomes the precision that it takes.
    ///   - site: where the devices train.
    ///   - runID: binds frames to the run; nil derives it from the configuration.
    ///   - checkpoint: the model to go on with; nil opens what the configuration starts from.
    /// - Throws: `ConfigurationError`, `DatasetError`, `CheckpointError`, `FileError`, `DeviceError` or `FederatedRunError` for
    ///   what cannot be used.
    init(
        _ configuration: RunConfiguration, site: RunSite = .everything, runID: UInt64? = nil,
        resuming checkpoint: Checkpoint? = nil
    ) throws {
        var configuration = configuration
        threads = configuration.threads ?? Processors.available
        let start = try checkpoint ?? configuration.initial?.loadImageModel(setting: "init")
        try configuration.checkPreset(of: start)
        let preset = configuration.preset ?? .small
        let precision = try (configuration.precision ?? .float32).decided(
            for: start?.configuration ?? UNetConfiguration(preset: preset), images: configuration.batchSize, isTraining: true,
            threads: threads, convolution: configuration.convolution)
        if configuration.precision == .automatic { configuration.precision = PrecisionChoice(precision) }
        (self.configuration, self.site) = (configuration, site)
        scheduler = try configuration.diffusion.scheduler(startingFrom: start?.scheduler)
        schedule = NoiseSchedule(scheduler)
        let folders = try configuration.deviceFolders()
        let count = try folders?.count ?? configuration.devices.count()
        let size = (start?.configuration ?? UNetConfiguration(preset: preset)).imageSize
        if case .own(let counts) = configuration.partition {
            images = try RunImages(own: configuration, counts: counts, size: size, devices: count, site: site)
        } else {
            images = try RunImages(configuration, size: size, devices: count, folders: folders ?? [])
        }
        let data = configuration.data.text
        classes =
            try configuration.isConditional
            ? TrainedClasses(of: images.training, labelDropout: configuration.labelDropout, data: data) : nil
        if let checkpoint { try classes?.check(resuming: checkpoint, data: data) }
        model = try UNet(
            startingFrom: start, configuration.initial?.text ?? "", preset: preset, classes: classes, seed: configuration.seed,
            context: ComputeContext(threads: threads, precision: precision, convolution: configuration.convolution))
        devices = try configuration.federatedDevices(samples: images.counts)
        if let line = try configuration.unknownSpeeds(deviceCount: count) { Logger(label: "devices").notice("\(line)") }
        try configuration.checkSelection(of: count)
        settings = try configuration.federationSettings(runID: runID ?? configuration.derivedRunID(), deviceCount: count)
        distances = try DrawnDistances(
            features: configuration.features, of: images.training, count: configuration.distanceImages,
            isConditional: classes != nil, schedule: schedule, seed: configuration.seed, threads: threads)
        inputs = try configuration.fileInputs().merging(images.list.map { [Setting.data.name: $0.digest] } ?? [:]) { $1 }
    }

    /// Local training on the run's images.
    ///
    /// - Parameters:
    ///   - onStep: called after each step with the number of images in it.
    ///   - onTrained: called after each device with when it trained, in seconds since 1970.
    func makeTrainer(
        onStep: @escaping (_ images: Int) -> Void, onTrained: @escaping (_ stretch: ClosedRange<Double>) -> Void = { _ in }
    ) -> DiffusionTrainer {
        let shards = images.shards
        return DiffusionTrainer(
            trainer: makeTrainer(learningRate: configuration.learningRate), learningRate: learningRate,
            dataset: images.training, shard: { shards[$0] }, labelDropout: classes?.dropout, seed: configuration.seed,
            onStep: onStep, onTrained: onTrained)
    }

    /// The learning rate of each local step, counted from the run's first.
    private var learningRate: LearningRateSchedule {
        let steps = configuration.localIterations
        return LearningRateSchedule(
            peak: configuration.learningRate, warmUpSteps: configuration.warmUpRounds * steps,
            steps: configuration.rounds * steps,
            decay: configuration.decay)
    }

    private func makeTrainer(learningRate: Double) -> Trainer {
        Trainer(
            model: model, schedule: schedule,
            settings: TrainingSettings(
                optimizer: AdamWOptions(learningRate: learningRate), maximumGradientNorm: 1, averageDecay: nil,
                objective: configuration.diffusion.objective(predicting: scheduler.prediction),
                proximal: configuration.proximal))
    }

    /// Executed floating-point operations per training sample, from one metered step at learning rate 0, which changes nothing.
    ///
    /// - Throws: `DivergenceError` where the initial model's loss or gradients are not finite.
    func measureFLOPsPerSample() throws(DivergenceError) -> Double {
        let indices = (0..<configuration.batchSize).map { images.shards[0][$0 % images.shards[0].count] }
        let batch = Tensor(shape: model.sampleShape(count: indices.count))
        images.training.load(indices, into: batch)
        model.context.meter.reset()
        try makeTrainer(learningRate: 0).step(
            images: batch, classLabels: classes.map { _ in indices.map(images.training.label) },
            address: StepAddress(seed: configuration.seed, round: 0, device: 0, step: 0))
        return Double(model.context.meter.executedFLOPs) / Double(indices.count)
    }
}

extension RunConfiguration {
    /// The paper's time budget, for its own workload.
    private static let paperTimeBudgetSeconds = 15.0

    /// What the server needs to know of the configuration.
    ///
    /// - Throws: `FileError` for a channel trace that cannot be used.
    func federationSettings(runID: UInt64, deviceCount: Int) throws(FileError) -> FederationSettings {
        let usesPaperBudget = workload == .paper && timeBudget == .automatic
        return try FederationSettings(
            runID: runID, seed: seed, scheme: federationScheme, comparedSchemes: Scheme.compared, payload: payload,
            quantizer: quantizer, rule: rule,
            devicesPerRound: min(select ?? deviceCount, deviceCount), localIterations: localIterations, batchSize: batchSize,
            workload: workload, timeBudget: usesPaperBudget ? .seconds(Self.paperTimeBudgetSeconds) : timeBudget,
            allowedExtraSeconds: allowLonger, fading: fadingModel(),
            ledger: LedgerSettings(downlinkBitsPerSecond: downlinkRate, gridGramsPerKilowattHour: gridIntensity),
            aggregation: AggregationSettings(normBound: normBound, rule: aggregationRule, optimizer: optimizer),
            downlinkBits: downlinkBits, downlinkDemand: downlinkDemand, plansDownlink: plansDownlink)
    }

    /// - Throws: `FileError` for a trace that cannot be used.
    private func fadingModel() throws(FileError) -> FadingModel {
        switch fading {
        case .rayleigh: .rayleigh
        case .none: .none
        case .trace(let path): .trace(try ChannelTraceFile.read(path: path))
        }
    }

    /// Refuses a checkpoint of another size than the preset, where both are given.
    fileprivate func checkPreset(of start: Checkpoint?) throws(ConfigurationError) {
        guard let preset, let start else { return }
        var expected = UNetConfiguration(preset: preset)
        expected.numClassEmbeds = start.configuration.numClassEmbeds
        guard expected.parameterLayout != start.configuration.parameterLayout else { return }
        let size = "(\(start.parameters.count) parameters, the preset has \(expected.parameterLayout.parameterCount))"
        guard let initial else {
            throw ConfigurationError(
                "preset", preset.rawValue, "is not the size of the run's checkpoint \(size)",
                wayOut: "restore the preset that the run was started with")
        }
        throw ConfigurationError(
            "preset", preset.rawValue, "is not the size of init \(initial.text) \(size)",
            wayOut: "leave preset out to go on from the checkpoint, or init to start from random weights")
    }

    /// A run id that equal configurations share: a hash of all settings that decide the weights.
    func derivedRunID() throws -> UInt64 {
        // These do not, but runs of the first version have them in their ids.
        let others: Set<Setting> = [.rounds, .evaluateEvery, .sampleEvery, .keepCheckpoints]
        var reference = self
        if decay == .constant { reference.rounds = 1 }
        let settings = Setting.allCases.filter { !$0.isChangeable || others.contains($0) }
        return max(1, Array(try reference.yaml(of: settings).utf8).withUnsafeBytes(hash64))
    }
}
