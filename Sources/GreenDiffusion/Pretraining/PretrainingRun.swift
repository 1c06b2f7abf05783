import Foundation
import Kernels
import Logging
import Model
import Records
import Storage

/// Ordinary training of one model on one machine, in a folder that it can be resumed from.
///
/// Every random number is addressed by (seed, step), so a resumed run ends at the weights of an uninterrupted one.
public final class PretrainingRun {
    /// What the run computes.
    public let settings: PretrainingSettings
    /// Steps done since the beginning of the run.
    public internal(set) var step: Int
    /// What a person who resumed the run should know, a line each.
    public private(set) var notices: [String] = []
    let trainer: Trainer
    let directory: RunDirectory
    var images: TrainingImages
    /// What the model learns to tell apart; nil in runs that are not conditional.
    let classes: TrainedClasses?
    let scheduler: SchedulerConfiguration
    /// Measures the distance of drawn images; nil in runs that do not.
    let distances: DrawnDistances?
    let logger = Logger(label: "pretrain")

    /// Checkpoints that stay: the last, and the one before it in case the disk damages the last.
    private static let keptCheckpoints = 2

    /// Where the run's files lie.
    public var files: RunFiles { directory.files }
    /// The run's folder.
    public var path: String { files.path }
    /// The averaged weights as a checkpoint that diffusers opens.
    public var modelPath: String { files.modelFolder }
    /// Parameters of the model.
    public var parameterCount: Int { trainer.model.layout.parameterCount }
    /// What the data set calls itself.
    public var dataName: String { images.name }
    /// What the classes are called that the model learns; nil in runs that are not conditional.
    public var classNames: [String]? { classes?.names }
    /// What measures the distance of drawn images to training images; nil in runs that do not.
    public var distanceText: String? { distances?.text }
    /// What became of the files of the data set; nil where images are drawn.
    public var imageFiles: ImageFileCounts? { images.files }
    /// What is done to images before the model sees them; nil where they are drawn.
    public var imageTreatment: String? {
        let data = try? DataSpecification(parsing: settings.data)
        return data?.treatment(size: trainer.model.configuration.imageSize, cropMargin: nil)
    }

    /// - Parameters:
    ///   - checkpoint: the weights to start from; nil draws fresh ones.
    ///   - openDirectory: called last, with the settings to record, so that a run that cannot start leaves no folder.
    private init(
        _ settings: PretrainingSettings, from checkpoint: Checkpoint?, threads: Int,
        in openDirectory: (PretrainingSettings) throws -> RunDirectory
    ) throws {
        images = try TrainingImages(
            settings, size: (checkpoint?.configuration ?? UNetConfiguration(preset: settings.preset)).imageSize)
        classes =
            try settings.isConditional == true
            ? TrainedClasses(of: images.dataset, labelDropout: settings.labelDropout, data: settings.data) : nil
        let precision = try (settings.precision ?? .float32).decided(
            for: checkpoint?.configuration ?? UNetConfiguration(preset: settings.preset), images: settings.batchSize,
            isTraining: true, threads: threads, convolution: settings.convolution)
        var settings = settings
        if settings.precision == .automatic { settings.precision = PrecisionChoice(precision) }
        let model = try UNet(
            startingFrom: checkpoint, settings.initialCheckpoint ?? "", preset: settings.preset, classes: classes,
            seed: settings.seed,
            context: ComputeContext(threads: threads, precision: precision, convolution: settings.convolution))
        let diffusion = try settings.diffusionSettings()
        scheduler = try diffusion.scheduler(startingFrom: checkpoint?.scheduler)
        trainer = Trainer(
            model: model, schedule: NoiseSchedule(scheduler),
            settings: TrainingSettings(
                optimizer: AdamWOptions(learningRate: settings.learningRate.peak, weightDecay: settings.weightDecay),
                maximumGradientNorm: PretrainingSettings.gradientNormLimit,
                averageDecay: PretrainingSettings.averageDecay,
                objective: diffusion.objective(predicting: scheduler.prediction)))
        distances = try DrawnDistances(
            features: settings.features, of: images.dataset, count: settings.distanceImages, isConditional: classes != nil,
            schedule: trainer.schedule, seed: settings.seed, threads: threads)
        directory = try openDirectory(settings)
        (self.settings, step) = (settings, 0)
    }

    /// Begins a run in the folder `path`, which has none yet.
    ///
    /// - Throws: `PretrainingError`; `ConfigurationError`, `DatasetError` or `CheckpointError` for settings, images or a start that
    ///   cannot be used; `RunDirectoryError` or `FileError` for the folder.
    public static func start(_ settings: PretrainingSettings, at path: String, threads: Int) throws -> PretrainingRun {
        let settings = try settings.resolved()
        return try begin(settings, threads: threads) {
            try .create(at: path, kind: .pretraining, settings: try $0.json())
        }
    }

    private static func begin(
        _ settings: PretrainingSettings, threads: Int, in openDirectory: (PretrainingSettings) throws -> RunDirectory
    ) throws -> PretrainingRun {
        let checkpoint = try settings.initialCheckpoint.map { try ModelSource(parsing: $0).loadImageModel(setting: "init") }
        let run = try PretrainingRun(settings, from: checkpoint, threads: threads, in: openDirectory)
        try run.images.list?.write(to: run.files.imagesPath)
        try run.saveCheckpoint()
        return run
    }

    /// Takes up the run in the folder `path` at its newest checkpoint.
    ///
    /// - Parameters:
    ///   - path: the folder of the run.
    ///   - changes: what is to be otherwise from now on; images at another place must have the same content.
    ///   - step: go back to the checkpoint of that step and forget what came after it; nil takes the newest.
    ///   - threads: threads of the kernels; results do not depend on them.
    /// - Throws: as `start`; `RunDirectoryError` where the folder, its settings or images are not what the run wrote and read.
    public static func resume(
        _ path: String, changing changes: PretrainingSettings.Changes, fromStep step: Int? = nil, threads: Int
    ) throws -> PretrainingRun {
        let directory = try RunDirectory.open(at: path, kind: .pretraining)
        let files = directory.files
        let verified = try directory.checkpoint(step)
        let saved = try PretrainingSettings(files)
        guard let verified else {
            guard files.isOnlyBegun else { throw RunDirectoryError.noCheckpoint(path: path) }
            let settings = try saved.applying(changes, done: 0, path: path).resolved()
            return try begin(settings, threads: threads) {
                try directory.begin(settings: try $0.json())
                return directory
            }
        }
        if verified.manifest != nil { try saved.checkUnchanged(since: verified.folder, path: files.settingsPath) }
        let settings = try saved.applying(changes, done: verified.number, path: path).resolved()
        guard changes.data ?? saved.data == saved.data || verified.manifest?.inputs[Setting.data.name] != nil else {
            throw RunDirectoryError.settingChanged(setting: Setting.data.name, saved: saved.data, requested: settings.data)
        }
        return try goOn(settings, after: verified, in: directory, threads: threads)
    }

    private static func goOn(
        _ settings: PretrainingSettings, after verified: VerifiedCheckpoint, in directory: RunDirectory, threads: Int
    ) throws -> PretrainingRun {
        let files = directory.files
        let checkpoint: Checkpoint
        let state: TrainingState
        do {
            checkpoint = try Checkpoint(directory: verified.folder)
            state = try TrainingState(directory: verified.folder, layout: checkpoint.configuration.parameterLayout)
        } catch { throw files.damaged(CheckpointDamage(verified.folder, "\(error)"), checkpoint: verified.number) }
        guard state.counters["step"] == verified.number else {
            let damage = CheckpointDamage("\(verified.folder)/state.json", "it is not that of step \(verified.number)")
            throw files.damaged(damage, checkpoint: verified.number)
        }
        let run = try PretrainingRun(settings, from: checkpoint, threads: threads) { _ in directory }
        try run.classes?.check(resuming: checkpoint, data: settings.data)
        do { try run.trainer.restore(state, path: verified.folder) } catch {
            throw files.damaged(CheckpointDamage(verified.folder, "\(error)"), checkpoint: verified.number)
        }
        run.step = verified.number
        try verified.manifest?.check(
            inputs: run.inputs, values: { _ in settings.data }, images: run.images.list, before: ImageList(path: files.imagesPath)
        )
        let removed = try directory.discard(after: verified.number, manifest: verified.manifest)
        try AtomicFile.write(try settings.json(), to: files.settingsPath)
        try run.images.list?.write(to: files.imagesPath)
        try directory.prune(keeping: keptCheckpoints)
        run.notices = verified.notices(removedCheckpoints: removed, files)
        return run
    }

    /// By setting, a hash of what the run reads outside its folder.
    private var inputs: [String: String] { images.list.map { [Setting.data.name: $0.digest] } ?? [:] }

    func checkpoint(_ parameters: Tensor) -> Checkpoint {
        Checkpoint(
            configuration: trainer.model.configuration, scheduler: scheduler, parameters: parameters, classNames: classes?.names)
    }

    /// Writes the checkpoint of the last step and removes those that are no longer needed.
    func saveCheckpoint() throws {
        var state = trainer.state
        state.counters["step"] = step
        try directory.saveCheckpoint(step, settings: try settings.json(), inputs: inputs) { folder in
            try checkpoint(trainer.model.parameters).write(to: folder)
            try state.write(to: folder, layout: trainer.model.layout)
        }
        try directory.prune(keeping: Self.keptCheckpoints)
        logger.info("checkpoint \(files.checkpointPath(step))")
    }
}
