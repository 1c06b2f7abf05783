import Foundation
import ImageFiles
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
    public private(set) var step: Int
    private let trainer: Trainer
    private let directory: PretrainingDirectory
    private var images: TrainingImages
    private let scheduler: SchedulerConfiguration
    private let logger = Logger(label: "pretrain")

    /// Steps between lines of `progress.jsonl`.
    private static let recordInterval = 50

    /// The run's folder.
    public var path: String { directory.path }
    /// The averaged weights as a checkpoint that diffusers opens.
    public var modelPath: String { directory.modelPath }
    /// Parameters of the model.
    public var parameterCount: Int { trainer.model.layout.parameterCount }
    /// What the data set calls itself.
    public var dataName: String { images.name }
    /// What became of the files of the data set; nil where images are drawn.
    public var imageFiles: ImageFileCounts? { images.files }
    /// What is done to images before the model sees them; nil where they are drawn.
    public var imageTreatment: String? {
        let data = try? DataSpecification(parsing: settings.data)
        return data?.treatment(side: trainer.model.configuration.sampleSize[1], cropMargin: nil)
    }

    /// - Parameters:
    ///   - checkpoint: the weights to start from; nil draws fresh ones.
    ///   - openDirectory: called last, so that a run that cannot start leaves no folder.
    private init(
        _ settings: PretrainingSettings, from checkpoint: Checkpoint?, threads: Int,
        in openDirectory: () throws -> PretrainingDirectory
    ) throws {
        let model = try UNet(
            checkpoint?.configuration ?? UNetConfiguration(preset: settings.preset),
            context: ComputeContext(threads: threads, convolution: settings.convolution))
        if let checkpoint {
            model.parameters.copy(from: checkpoint.parameters)
        } else {
            model.initialize(seed: settings.seed)
        }
        scheduler = checkpoint?.scheduler ?? SchedulerConfiguration()
        trainer = Trainer(
            model: model, schedule: NoiseSchedule(scheduler),
            settings: TrainingSettings(
                optimizer: AdamWOptions(learningRate: settings.learningRate.peak, weightDecay: settings.weightDecay),
                maximumGradientNorm: PretrainingSettings.gradientNormLimit,
                averageDecay: PretrainingSettings.averageDecay))
        images = try TrainingImages(
            settings.data, size: model.configuration.sampleSize, batchSize: settings.batchSize, seed: settings.seed,
            skipsUnreadable: settings.skipsUnreadable ?? false)
        directory = try openDirectory()
        (self.settings, step) = (settings, 0)
    }

    /// Begins a run in the folder `path`, which has none yet.
    ///
    /// - Throws: `PretrainingError`; `ConfigurationError`, `DatasetError` or `CheckpointError` for settings, images or a start that
    ///   cannot be used; `FileError` where the system refuses.
    public static func start(_ settings: PretrainingSettings, at path: String, threads: Int) throws -> PretrainingRun {
        let checkpoint = try settings.initialCheckpoint.map { try ModelSource(parsing: $0).loadImageModel(setting: "init") }
        let run = try PretrainingRun(settings, from: checkpoint, threads: threads) { try .create(at: path) }
        try run.directory.write(settings)
        return run
    }

    /// Takes up the run in the folder `path` at its newest checkpoint.
    ///
    /// - Parameters:
    ///   - path: the folder of the run.
    ///   - steps: a new number of steps of the whole run; nil keeps it.
    ///   - threads: threads of the kernels; results do not depend on them.
    /// - Throws: as `start`.
    public static func resume(_ path: String, steps: Int?, threads: Int) throws -> PretrainingRun {
        let directory = try PretrainingDirectory.open(at: path)
        guard let folder = try directory.lastCheckpoint() else { throw PretrainingError.notARun(path: path) }
        let (checkpoint, state) = try Self.readCheckpoint(folder)
        guard let done = state.counters["step"], done >= 0 else {
            throw PretrainingError.damagedCheckpoint(folder: folder, reason: "state.json has no step")
        }
        let settings = try directory.settings().extended(to: steps, done: done, path: path)
        let run = try PretrainingRun(settings, from: checkpoint, threads: threads) { directory }
        try run.trainer.restore(state, path: folder)
        try directory.progress.truncate(keeping: PretrainingRecord.self) { $0.step <= done }
        try directory.write(settings)
        run.step = done
        return run
    }

    private static func readCheckpoint(_ folder: String) throws(PretrainingError) -> (Checkpoint, TrainingState) {
        do {
            let checkpoint = try Checkpoint(directory: folder)
            let layout = checkpoint.configuration.parameterLayout
            return (checkpoint, try TrainingState(directory: folder, layout: layout))
        } catch {
            throw .damagedCheckpoint(folder: folder, reason: "\(error)")
        }
    }

    /// Trains to the last step, saving a checkpoint every `checkpointInterval` steps and at the end.
    ///
    /// - Parameters:
    ///   - checkpointInterval: steps between checkpoints.
    ///   - sampleInterval: steps between sample grids; 0 for none.
    ///   - observer: sees every step, and may ask to stop after one.
    /// - Throws: `PretrainingError.interrupted` (saved) or `.diverged` (the last checkpoint stands), errors of writing.
    public func train(
        checkpointInterval: Int, sampleInterval: Int, observer: (PretrainingProgress) -> PretrainingProgress.Wish
    ) throws {
        let batch = Tensor(shape: trainer.model.sampleShape(count: settings.batchSize))
        var sums = PretrainingSums()
        var progress = PretrainingProgress(settings: settings)
        while step < settings.steps {
            let start = ProcessInfo.processInfo.systemUptime
            let result = try trainOneStep(batch)
            let seconds = ProcessInfo.processInfo.systemUptime - start
            sums.add(loss: result.loss, gradientNorm: result.gradientNorm, seconds: seconds)
            progress.add(step: step, loss: result.loss, seconds: seconds)
            let isLast = step == settings.steps
            let stops = observer(progress) == .stop && !isLast
            do {
                if step % Self.recordInterval == 0 || isLast || stops { try record(&sums) }
                if step % checkpointInterval == 0 || isLast || stops { try save() }
                if sampleInterval > 0 && (step % sampleInterval == 0 || isLast) { try drawSamples() }
            } catch {
                throw PretrainingError.notSaved(step: step, path: path, reason: "\(error)")
            }
            if stops { throw PretrainingError.interrupted(step: step, steps: settings.steps, path: path) }
        }
    }

    private func trainOneStep(_ batch: Tensor) throws(PretrainingError) -> StepResult {
        images.load(step: step, into: batch)
        trainer.settings.optimizer.learningRate = settings.learningRate.rate(at: step)
        do {
            let result = try trainer.step(images: batch, address: StepAddress(seed: settings.seed, step: step))
            step += 1
            return result
        } catch {
            throw .diverged(error, path: path)
        }
    }

    private func record(_ sums: inout PretrainingSums) throws {
        let rate = settings.learningRate.rate(at: step - 1)
        guard let record = sums.takeRecord(step: step, learningRate: rate, batchSize: settings.batchSize) else { return }
        try directory.progress.append([record])
    }

    private func save() throws {
        let model = trainer.model
        func checkpoint(_ parameters: Tensor) -> Checkpoint {
            Checkpoint(configuration: model.configuration, scheduler: scheduler, parameters: parameters)
        }
        var state = trainer.state
        state.counters["step"] = step
        try Folder.replace(directory.checkpointPath(step: step)) { folder in
            try checkpoint(model.parameters).write(to: folder)
            try state.write(to: folder, layout: model.layout)
        }
        try Folder.replace(directory.modelPath) { folder in
            try checkpoint(trainer.average?.parameters ?? model.parameters).write(to: folder)
        }
        try directory.pruneCheckpoints()
        logger.info("checkpoint \(directory.checkpointPath(step: step))")
    }

    /// A grid by the averaged weights, always from the same noise: the same images, getting better.
    private func drawSamples() throws {
        let parameters = trainer.model.parameters
        let current = Tensor(shape: parameters.shape)
        current.copy(from: parameters)
        if let average = trainer.average?.parameters { parameters.copy(from: average) }
        defer { parameters.copy(from: current) }
        let grid = try SampleGrid(schedule: trainer.schedule, seed: settings.seed).draw(trainer.model)
        try ImageFile.write(grid, to: directory.samplePath(step: step))
        logger.info("samples \(directory.samplePath(step: step))")
    }
}
