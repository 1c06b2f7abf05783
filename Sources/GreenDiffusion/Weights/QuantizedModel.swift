import Codec
import Foundation
import Model
import Storage

/// A model whose weights are a frame, as `quantize` makes it, with the model's `config.json` beside it, and
/// `scheduler_config.json` and `classes.json` where it has them.
enum QuantizedModel {
    private static let configurationName = "config.json"

    /// Whether there is a frame at `path`.
    static func isFrame(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        return (try? file.read(upToCount: FrameFormat.magic.count)).map { [UInt8]($0) } == FrameFormat.magic
    }

    /// Unpacks the weights and reads them with their names and shapes as those of any checkpoint.
    ///
    /// - Throws: `FileError` for a frame that is damaged, holds changes or has no configuration beside it; `CheckpointError` for weights
    ///   that are not those of the configuration.
    static func load(_ path: String) throws -> Checkpoint {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: "\(folder)/\(configurationName)") else {
            throw FileError.invalid(
                path: path,
                reason: "there is no \(configurationName) beside the frame; copy that of the model that was quantized")
        }
        guard try readFrame(path, maxUnpacked: defaultMaxUnpacked, threads: 1).header.binding.payload == .weights else {
            throw FileError.invalid(path: path, reason: "it holds a change, not a model; give a frame that quantize made")
        }
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("greendiff-\(UUID().uuidString)").path
        try Folder.create(scratch)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        _ = try dequantizeTensorFile(path, to: "\(scratch)/diffusion_pytorch_model.safetensors", threads: 1)
        for name in [configurationName, "scheduler_config.json", Checkpoint.classesName] {
            guard FileManager.default.fileExists(atPath: "\(folder)/\(name)") else { continue }
            try AtomicFile.write(try readFile("\(folder)/\(name)"), to: "\(scratch)/\(name)")
        }
        return try Checkpoint(directory: scratch)
    }
}
