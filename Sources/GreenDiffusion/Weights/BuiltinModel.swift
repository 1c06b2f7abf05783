import CPUSupport
import Codec
import Foundation
import Kernels
import Model
import Storage

/// Models that are part of this program: weights packed by its own codec, with the configuration files of a checkpoint.
///
///     NAME/config.json  NAME/scheduler_config.json  NAME/weights.frame  NAME/classes.json of conditional ones
public enum BuiltinModel {
    /// The models that this build has, sorted.
    public static var names: [String] {
        guard let folder = resourceFolder else { return [] }
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return entries.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/\(frameName)") }.sorted()
    }

    /// Unpacks the model of that name.
    ///
    /// - Throws: `ConfigurationError` for an unknown name, with those that are known; `CheckpointError`, `FrameError` or `FileError`
    ///   for damaged files.
    package static func load(_ name: String, threads: Int = 1) throws -> Checkpoint {
        guard let folder = resourceFolder, names.contains(name) else {
            let known =
                names.isEmpty ? "this program's resource folder is not beside it" : "known: \(names.joined(separator: ", "))"
            throw ConfigurationError(
                "builtin:\(name)", "", "is not a model of this program (\(known))",
                wayOut: names.first.map { "use builtin:\($0), or a checkpoint folder" } ?? "give a checkpoint folder")
        }
        return try unpack("\(folder)/\(name)", threads: threads)
    }

    /// Reads a packed model's folder.
    package static func unpack(_ folder: String, threads: Int = 1) throws -> Checkpoint {
        let configuration = try UNetConfiguration(parsing: readFile("\(folder)/config.json"), path: "\(folder)/config.json")
        let schedulerPath = "\(folder)/scheduler_config.json"
        let scheduler = try SchedulerConfiguration(parsing: readFile(schedulerPath), path: schedulerPath)
        let layout = configuration.parameterLayout
        let frame = try UpdateFrame(
            readFile("\(folder)/\(frameName)"), limits: FrameLimits(expecting: layout), threads: threads)
        let parameters = Tensor(shape: [layout.parameterCount])
        frame.decode(into: parameters, threads: threads)
        return Checkpoint(
            configuration: configuration, scheduler: scheduler, parameters: parameters,
            classNames: try Checkpoint.readClassNames(in: folder, configuration))
    }

    /// What packing gave.
    package struct Packed: Sendable, Equatable {
        /// Bytes of the frame.
        package let bytes: Int
        /// Exact expected squared error of the packed weights over their squared norm.
        package let relativeError: Double
    }

    /// Packs a model into `folder`: how it becomes part of this program.
    ///
    /// At 8 bits with a scale for every 64 values a model takes a little more than one byte a parameter, and the expected error is
    /// about 2e-5 of the weights' squared norm.
    ///
    /// - Throws: what loading throws, `CodecError` for weights that cannot be coded, `FileError`.
    @discardableResult
    package static func pack(_ source: ModelSource, into folder: String, threads: Int = 1) throws -> Packed {
        let checkpoint = try source.load()
        let table = try ErrorTable(
            checkpoint.parameters, layout: checkpoint.configuration.parameterLayout, quantizer: .levels(.zero, groupSize: 64),
            threads: threads)
        let frame = UpdateFrame.encode(
            checkpoint.parameters, as: try table.coding(bits: packedBits), binding: FrameBinding(), seed: 0, threads: threads)
        try Folder.replace(folder) { temporary in
            try AtomicFile.write(checkpoint.configuration.json, to: "\(temporary)/config.json")
            try AtomicFile.write(checkpoint.scheduler.json, to: "\(temporary)/scheduler_config.json")
            try checkpoint.writeClassNames(to: temporary)
            try AtomicFile.write(frame, to: "\(temporary)/\(frameName)")
        }
        return Packed(bytes: frame.count, relativeError: table.summary.relativeError(bits: packedBits))
    }

    private static let frameName = "weights.frame"
    private static let packedBits = 8

    /// The folder that the package manager copies beside program and library. Looked up here because its own accessor ends the
    /// process where the folder is missing, and looks beside the program only.
    private static var resourceFolder: String? {
        [Bundle.main.bundleURL.path, imageFolder].compactMap { $0 }
            .map { "\($0)/GreenDiffusion_GreenDiffusion.resources/Resources" }
            .first { FileManager.default.fileExists(atPath: $0) }
    }

    /// The folder of the program or library that has this code in it.
    private static var imageFolder: String? {
        gd_image_path().map { URL(fileURLWithPath: String(cString: $0)).deletingLastPathComponent().path }
    }
}
