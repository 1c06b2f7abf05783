import Foundation
import Storage

/// Where the files of a checkpoint lie, in any of the folders that diffusers and its users make.
///
///     DIR/config.json                        a model: `UNet2DModel.save_pretrained`, `EMAModel.save_pretrained`, greendiff
///     DIR/unet/config.json                   a pipeline, with DIR/scheduler; or a trainer's checkpoint
///     DIR/unet_ema/config.json               the averaged weights of a trainer's checkpoint that has no others
///     DIR/snapshots/HASH, DIR/refs/main      a folder of the Hugging Face hub's cache, with one of these in the snapshot
struct CheckpointFiles {
    /// The folder with the model's configuration and weights.
    let model: String
    /// The scheduler's configuration; nil where there is none.
    let scheduler: String?

    /// The model's configuration.
    var configuration: String { "\(model)/\(Self.configurationName)" }

    /// - Throws: `CheckpointError` where nothing of the above is there, with what there is.
    init(reading directory: String) throws(CheckpointError) {
        let isModel = Self.modelFolder(in: directory) != nil
        let root = try isModel ? directory : HubCache.snapshot(in: directory) ?? directory
        guard let model = Self.modelFolder(in: root) else { throw Self.missing(root) }
        self.model = model
        scheduler = Self.schedulerPaths(root: root, model: model).first(where: FileManager.default.fileExists(atPath:))
    }

    /// Whether `directory` is one of the folders above.
    static func exist(in directory: String) -> Bool {
        modelFolder(in: directory) != nil || Folder.exists("\(directory)/\(HubCache.snapshots)")
    }

    static let configurationName = "config.json"
    static let schedulerName = "scheduler_config.json"
    static let modelIndexName = "model_index.json"

    private static func modelFolder(in root: String) -> String? {
        [root, "\(root)/unet", "\(root)/unet_ema"].first {
            FileManager.default.fileExists(atPath: "\($0)/\(configurationName)")
        }
    }

    /// Beside the model or in its pipeline, which may also be the folder above.
    private static func schedulerPaths(root: String, model: String) -> [String] {
        let own = ["\(model)/\(schedulerName)", "\(root)/scheduler/\(schedulerName)", "\(root)/\(schedulerName)"]
        let above = "\(root)/.."
        guard FileManager.default.fileExists(atPath: "\(above)/\(modelIndexName)") else { return own }
        return own + ["\(above)/scheduler/\(schedulerName)"]
    }

    private static func missing(_ directory: String) -> CheckpointError {
        let wayOut = "give the folder of a model, a pipeline or a run"
        if Folder.exists(directory) {
            return .notACheckpoint(
                folder: directory, lacks: configurationName, has: contents(of: directory), wayOut: wayOut)
        }
        let isFile = FileManager.default.fileExists(atPath: directory)
        return .unreadable(
            path: directory, reason: isFile ? "a checkpoint is a folder and this is a file" : "there is no such folder")
    }

    /// What a folder holds, in a few words.
    static func contents(of folder: String) -> String {
        let names = Folder.names(in: folder).filter { !$0.hasPrefix(".") }
        let more = names.count - 6
        return names.prefix(6).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
}

/// The folders of the Hugging Face hub's cache, `models--OWNER--NAME`.
private enum HubCache {
    static let snapshots = "snapshots"

    /// The snapshot that `refs/main` names, or the only one there is; nil where `directory` is no such folder.
    static func snapshot(in directory: String) throws(CheckpointError) -> String? {
        let folder = "\(directory)/\(snapshots)"
        guard Folder.exists(folder) else { return nil }
        let names = Folder.names(in: folder).filter { !$0.hasPrefix(".") && Folder.exists("\(folder)/\($0)") }
        let bytes = (try? readFile("\(directory)/refs/main", limit: 1024)) ?? []
        let main = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if names.contains(main) { return "\(folder)/\(main)" }
        guard names.count == 1 else {
            throw .notACheckpoint(
                folder: directory, lacks: names.isEmpty ? "snapshot" : "refs/main that names one of its snapshots",
                has: names.joined(separator: ", "),
                wayOut: names.isEmpty ? "download the model again" : "give one of the folders in \(folder)")
        }
        return "\(folder)/\(names[0])"
    }
}
