import ImageFiles
import Logging
import Model
import Storage

extension ModelSource {
    /// The model that the source names.
    ///
    /// What was passed over or chosen while reading is logged as a warning.
    ///
    /// - Parameter preferringAverage: of a training checkpoint, take the averaged weights, which sample better.
    /// - Throws: `CheckpointError` for a checkpoint that is damaged or not supported, `ConfigurationError` for an unknown name.
    package func load(preferringAverage: Bool = true) throws -> Checkpoint {
        switch self {
        case .checkpoint(let path) where QuantizedModel.isFrame(path): try QuantizedModel.load(path)
        case .checkpoint(let folder): try Self.loadCheckpoint(Self.checkpointFolder(folder), preferringAverage)
        case .builtin(let name): try BuiltinModel.load(name)
        }
    }

    /// As `load`, for work on colour images.
    ///
    /// - Parameter setting: how errors call the source.
    /// - Throws: `ConfigurationError` also for a model of other than three channels.
    func loadImageModel(setting: String) throws -> Checkpoint {
        let checkpoint = try load()
        guard checkpoint.configuration.inChannels == 3 else {
            throw ConfigurationError(
                setting, text, "is a model of \(checkpoint.configuration.inChannels) channels",
                wayOut: "images need a model of 3 (red, green, blue)")
        }
        return checkpoint
    }

    /// Width and height of the images that the model draws.
    ///
    /// - Throws: as `load`, and for a model of other than three channels.
    package func imageSize() throws -> ImageSize { try loadImageModel(setting: "checkpoint").configuration.imageSize }

    private static func loadCheckpoint(_ folder: String, _ preferringAverage: Bool) throws(CheckpointError) -> Checkpoint {
        let checkpoint = try Checkpoint(directory: folder)
        let logger = Logger(label: "checkpoint")
        for note in checkpoint.notes { logger.warning("\(note)") }
        guard preferringAverage, TrainingState.exists(in: folder) else { return checkpoint }
        let state = try TrainingState(directory: folder, layout: checkpoint.configuration.parameterLayout)
        guard let average = state.buffers["average"] else { return checkpoint }
        return Checkpoint(
            configuration: checkpoint.configuration, scheduler: checkpoint.scheduler, parameters: average,
            classNames: checkpoint.classNames)
    }

    /// Whether a checkpoint is where the source says.
    var hasModel: Bool {
        guard case .checkpoint(let path) = self else { return true }
        return QuantizedModel.isFrame(path) || Checkpoint.exists(in: Self.checkpointFolder(path))
    }

    /// The files that a checkpoint consists of.
    package var files: [String] {
        guard case .checkpoint(let path) = self else { return [] }
        guard !QuantizedModel.isFrame(path) else { return [path] }
        let folder = Self.checkpointFolder(path)
        return Folder.names(in: folder).map { "\(folder)/\($0)" }
    }

    /// The checkpoint's own folder, where `path` may also be the folder of a run: then its model, or its newest checkpoint where that
    /// is of another round than the model, which is written when a run ends or is stopped.
    static func checkpointFolder(_ path: String) -> String {
        guard !Checkpoint.exists(in: path) else { return path }
        let run = RunFiles(path: path, kind: RunKind(at: path) ?? .federated)
        let numbers = run.checkpointNumbers()
        var candidates = numbers.reversed().map { run.checkpointPath($0) }
        let isModelOlder = run.summarizedRound.map { $0 != numbers.last } ?? false
        candidates.insert(run.modelFolder, at: isModelOlder ? candidates.count : 0)
        return candidates.first(where: Checkpoint.exists(in:)) ?? path
    }
}
