import Foundation
import Model

extension ModelSource {
    /// The model that the source names.
    ///
    /// - Parameter preferringAverage: of a training checkpoint, take the averaged weights, which sample better.
    /// - Throws: `CheckpointError` for a checkpoint that is damaged or not supported, `ConfigurationError` for an unknown name.
    package func load(preferringAverage: Bool = true) throws -> Checkpoint {
        switch self {
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

    private static func loadCheckpoint(_ folder: String, _ preferringAverage: Bool) throws(CheckpointError) -> Checkpoint {
        let checkpoint = try Checkpoint(directory: folder)
        guard preferringAverage, TrainingState.exists(in: folder) else { return checkpoint }
        let state = try TrainingState(directory: folder, layout: checkpoint.configuration.parameterLayout)
        guard let average = state.buffers["average"] else { return checkpoint }
        return Checkpoint(configuration: checkpoint.configuration, scheduler: checkpoint.scheduler, parameters: average)
    }

    /// The checkpoint's own folder, where `path` may also be the folder of a run: then its model, or its newest checkpoint.
    static func checkpointFolder(_ path: String) -> String {
        let files = FileManager.default
        func holdsModel(_ folder: String) -> Bool {
            files.fileExists(atPath: "\(folder)/config.json") || files.fileExists(atPath: "\(folder)/unet/config.json")
        }
        guard !holdsModel(path) else { return path }
        let run = RunFiles(path: path, kind: RunKind(at: path) ?? .federated)
        let candidates = [run.modelFolder] + run.checkpointNumbers().map { run.checkpointPath($0) }.reversed()
        return candidates.first(where: holdsModel) ?? path
    }
}
