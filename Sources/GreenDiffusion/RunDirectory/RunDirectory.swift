import Foundation
import Records
import Storage

/// The folder of a run, taken by this process until the object goes.
///
/// Order of a round's writes: devices, schemes, rounds, then the checkpoint folder by one rename. The rename is what makes a round
/// final: resuming drops the records of later rounds, so an interrupted round leaves no trace.
final class RunDirectory {
    let files: RunFiles
    private let lock: FolderLock

    private init(locking path: String) throws(RunDirectoryError) {
        guard let lock = FolderLock(path) else { throw .busy(path: path) }
        (files, self.lock) = (RunFiles(path: path), lock)
    }

    /// Makes the folder of a new run and writes its configuration.
    ///
    /// - Throws: `RunDirectoryError.exists` where a run is already, `.busy`, `FileError`.
    static func create(at path: String, configuration: String) throws -> RunDirectory {
        try Folder.create(path)
        let directory = try RunDirectory(locking: path)
        try checkVacant(path)
        let files = directory.files
        for folder in [files.checkpointsFolder, files.samplesFolder, files.tensorBoardFolder] {
            try Folder.create(folder)
        }
        try AtomicFile.write(configuration, to: files.configurationPath)
        return directory
    }

    /// Refuses a folder that holds a run.
    static func checkVacant(_ path: String) throws(RunDirectoryError) {
        guard !RunFiles(path: path).holdsRun else { throw .exists(path: path) }
    }

    /// Opens the folder of a run that exists.
    ///
    /// - Throws: `RunDirectoryError.notARun`, `.busy`.
    static func open(at path: String) throws(RunDirectoryError) -> RunDirectory {
        guard RunFiles(path: path).holdsRun else { throw .notARun(path: path) }
        return try RunDirectory(locking: path)
    }

    /// Removes all checkpoints but the last `count`.
    func pruneCheckpoints(keeping count: Int) throws(FileError) {
        for round in files.checkpointedRounds().dropLast(count) { try Folder.remove(files.checkpointPath(round: round)) }
    }

    /// Forgets what lies after round `last`: records, sample grids that would be made again, and checkpoints torn by a crash.
    func discard(after last: Int) throws {
        try files.roundsFile.truncate(keeping: RoundRecord.self) { $0.round <= last }
        try files.devicesFile.truncate(keeping: DeviceRecord.self) { $0.round <= last }
        try files.schemesFile.truncate(keeping: SchemeRecord.self) { $0.round <= last }
        for path in files.unfinishedCheckpoints() { try Folder.remove(path) }
        try discardResiduals(after: last)
        for round in files.sampledRounds() where round > last { try Folder.remove(files.samplePath(round: round)) }
    }
}
