import Foundation
import Model
import Storage

/// The folder of a pretraining run.
///
///     checkpoints/step-0001000/   weights, optimiser moments, average, state.json: what a run resumes from
///     model/                      the averaged weights as a checkpoint that diffusers opens
///     samples/step-0001000.png    a grid drawn by the averaged weights
///     progress.jsonl              one `PretrainingRecord` a line
///     pretraining.json            the run's `PretrainingSettings`
struct PretrainingDirectory {
    let path: String
    /// Held by the process that trains; a reader has none.
    private let lock: FolderLock?

    /// Checkpoints that stay: the last, and the one before it in case the disk damages the last.
    private static let keptCheckpoints = 2

    var modelPath: String { "\(path)/model" }
    var progress: JSONLinesFile { JSONLinesFile(path: "\(path)/progress.jsonl") }
    private var settingsPath: String { "\(path)/pretraining.json" }
    private var checkpointsFolder: String { "\(path)/checkpoints" }
    private var samplesFolder: String { "\(path)/samples" }

    /// Makes the folder of a new run.
    ///
    /// - Throws: `PretrainingError.exists`, `.busy`; `FileError` where the system refuses.
    static func create(at path: String) throws -> PretrainingDirectory {
        try Folder.create(path)
        let directory = try PretrainingDirectory(locking: path)
        guard try directory.lastCheckpoint() == nil else { throw PretrainingError.exists(path: path) }
        try Folder.create(directory.checkpointsFolder)
        try Folder.create(directory.samplesFolder)
        return directory
    }

    /// Opens the folder of a run that has a checkpoint.
    ///
    /// - Throws: `PretrainingError.notARun`, `.busy`; `FileError` where the system refuses.
    static func open(at path: String) throws -> PretrainingDirectory {
        guard FileManager.default.fileExists(atPath: "\(path)/checkpoints") else {
            throw PretrainingError.notARun(path: path)
        }
        return try PretrainingDirectory(locking: path)
    }

    /// The folder of a run, which may be in progress, to look into; nil where there is none.
    init?(reading path: String) {
        (self.path, lock) = (path, nil)
        guard FileManager.default.fileExists(atPath: settingsPath) else { return nil }
    }

    private init(locking path: String) throws(PretrainingError) {
        guard let lock = FolderLock(path) else { throw .busy(path: path) }
        (self.path, self.lock) = (path, lock)
    }

    /// What the run computes, as `write` put it down.
    func settings() throws(FileError) -> PretrainingSettings {
        let bytes = try readFile(settingsPath)
        do {
            return try JSONDecoder().decode(PretrainingSettings.self, from: Data(bytes))
        } catch {
            throw .invalid(path: settingsPath, reason: "it does not hold the settings of a pretraining run")
        }
    }

    func write(_ settings: PretrainingSettings) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write([UInt8](try encoder.encode(settings) + Data("\n".utf8)), to: settingsPath)
    }

    /// The newest checkpoint's folder, nil before the first.
    func lastCheckpoint() throws -> String? {
        try checkpointNames().last.map { "\(checkpointsFolder)/\($0)" }
    }

    func checkpointPath(step: Int) -> String { "\(checkpointsFolder)/\(Self.name(step))" }
    func samplePath(step: Int) -> String { "\(samplesFolder)/\(Self.name(step)).png" }

    /// Removes the checkpoints that are no longer needed, and what a crash left half written.
    func pruneCheckpoints() throws {
        let kept = try checkpointNames().suffix(Self.keptCheckpoints)
        for name in try namesInCheckpoints() where !kept.contains(name) {
            try Folder.remove("\(checkpointsFolder)/\(name)")
        }
    }

    private func checkpointNames() throws(FileError) -> [String] {
        try namesInCheckpoints().filter { $0.wholeMatch(of: /step-\d+/) != nil }.sorted()
    }

    private func namesInCheckpoints() throws(FileError) -> [String] {
        guard FileManager.default.fileExists(atPath: checkpointsFolder) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: checkpointsFolder)
        } catch {
            throw .unreadable(path: checkpointsFolder, reason: FileError.reason(error))
        }
    }

    private static func name(_ step: Int) -> String {
        let digits = String(step)
        return "step-" + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    }
}
