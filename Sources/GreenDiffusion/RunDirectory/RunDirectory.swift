import FedRuntime
import Foundation

/// The folder of one run: its configuration, records, checkpoints, samples and reports.
///
/// Order of a round's writes: devices, rounds, then the checkpoint folder by one rename. The rename is what makes a round
/// final: resuming drops the records of later rounds, so an interrupted round leaves no trace.
public final class RunDirectory {
    public let path: String
    private let lock: FolderLock

    package var configurationPath: String { "\(path)/config.yaml" }
    package var roundsFile: JSONLinesFile { JSONLinesFile(path: "\(path)/rounds.jsonl") }
    package var devicesFile: JSONLinesFile { JSONLinesFile(path: "\(path)/devices.jsonl") }
    package var schemesFile: JSONLinesFile { JSONLinesFile(path: "\(path)/schemes.jsonl") }
    package var summaryPath: String { "\(path)/summary.json" }
    package var reportPath: String { "\(path)/report.html" }
    package var samplesFolder: String { "\(path)/samples" }
    package var tensorBoardFolder: String { "\(path)/tensorboard" }
    package var modelFolder: String { "\(path)/model" }
    package var checkpointsFolder: String { "\(path)/checkpoints" }

    private init(locking path: String) throws(RunDirectoryError) {
        guard let lock = FolderLock(path) else { throw .busy(path: path) }
        (self.path, self.lock) = (path, lock)
    }

    /// Makes the folder of a new run and writes its configuration.
    ///
    /// - Throws: `RunDirectoryError.exists` where a run is already, `.busy`, `FileError`.
    public static func create(at path: String, configuration: String) throws -> RunDirectory {
        try AtomicFiles.createDirectory(path)
        let directory = try RunDirectory(locking: path)
        try checkVacant(path)
        for folder in [directory.checkpointsFolder, directory.samplesFolder, directory.tensorBoardFolder] {
            try AtomicFiles.createDirectory(folder)
        }
        try AtomicFiles.write(Data(configuration.utf8), to: directory.configurationPath)
        return directory
    }

    /// Refuses a folder that holds a run.
    package static func checkVacant(_ path: String) throws(RunDirectoryError) {
        guard !FileManager.default.fileExists(atPath: "\(path)/config.yaml") else { throw .exists(path: path) }
    }

    /// Opens the folder of a run that exists.
    ///
    /// - Throws: `RunDirectoryError.notARun`, `.busy`, `FileError`.
    public static func open(at path: String) throws -> RunDirectory {
        guard FileManager.default.fileExists(atPath: "\(path)/config.yaml") else {
            throw RunDirectoryError.notARun(path: path)
        }
        return try RunDirectory(locking: path)
    }

    /// The folder of a finished round's checkpoint.
    package func checkpointPath(round: Int) -> String {
        "\(checkpointsFolder)/\(Self.name(round: round))"
    }

    /// The file of a round's sample grid.
    package func samplePath(round: Int) -> String { "\(samplesFolder)/\(Self.name(round: round)).png" }

    /// Rounds that have a checkpoint, ascending.
    package func checkpointedRounds() -> [Int] {
        Self.names(in: checkpointsFolder).compactMap(Self.round(fromName:)).sorted()
    }

    /// Rounds that have a sample grid, ascending.
    package func sampledRounds() -> [Int] {
        Self.names(in: samplesFolder).filter { $0.hasSuffix(".png") }
            .compactMap { Self.round(fromName: String($0.dropLast(4))) }.sorted()
    }

    /// Removes all checkpoints but the last `count`.
    package func pruneCheckpoints(keeping count: Int) throws(FileError) {
        for round in checkpointedRounds().dropLast(count) { try AtomicFiles.remove(checkpointPath(round: round)) }
    }

    /// Forgets what lies after round `last`: records, and sample grids that would be made again.
    package func discard(after last: Int) throws {
        try roundsFile.heal(keeping: RoundRecord.self) { $0.round <= last }
        try devicesFile.heal(keeping: DeviceRecord.self) { $0.round <= last }
        try schemesFile.heal(keeping: SchemeRecord.self) { $0.round <= last }
        for round in sampledRounds() where round > last { try AtomicFiles.remove(samplePath(round: round)) }
    }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    static func name(round: Int) -> String {
        let digits = String(round)
        return "round-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    private static func round(fromName name: String) -> Int? {
        guard name.hasPrefix("round-"), name.dropFirst(6).allSatisfy(\.isNumber) else { return nil }
        return Int(name.dropFirst(6))
    }
}
