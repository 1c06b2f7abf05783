import Foundation
import Records
import Storage

/// The folder of a run of either kind, taken by this process until the object goes.
///
/// Order of writes: records, then the checkpoint folder by one rename. The rename is what makes a round, or the steps so far, final:
/// resuming drops the lines after the checkpoint's, so what was interrupted leaves no trace. A checkpoint's manifest names everything
/// in the folder that belongs to it.
final class RunDirectory {
    let files: RunFiles
    private let lock: FolderLock
    /// Of the lines so far, by file of records.
    private var digests: [String: LineDigest] = [:]

    private init(locking files: RunFiles) throws {
        guard let lock = try FolderLock(files.path) else { throw RunDirectoryError.busy(path: files.path) }
        (self.files, self.lock) = (files, lock)
    }

    /// Makes the folder of a new run and writes its settings. A run of the same kind that ended before its first checkpoint is replaced.
    ///
    /// - Throws: as `checkVacant`; `RunDirectoryError.busy`, `FileError`.
    static func create(at path: String, kind: RunKind, settings: String) throws -> RunDirectory {
        try Folder.create(path)
        let directory = try RunDirectory(locking: RunFiles(path: path, kind: kind))
        try checkVacant(path, for: kind)
        try directory.sweep()
        try directory.begin(settings: settings)
        return directory
    }

    /// Refuses a folder that holds a run, or anything that a run would replace.
    static func checkVacant(_ path: String, for kind: RunKind) throws(RunDirectoryError) {
        let files = RunFiles(path: path, kind: kind)
        guard let found = RunKind(at: path) else {
            let places = [files.modelFolder, files.summaryPath, files.reportPath] + files.recordFiles.map(\.path)
            if let place = places.first(where: FileManager.default.fileExists) { throw .occupied(path: path, by: place) }
            return
        }
        guard found == kind else { throw .otherKind(path: path, found: found) }
        guard files.isOnlyBegun else { throw .exists(path: path) }
    }

    /// Opens the folder of a run that exists.
    ///
    /// - Throws: `RunDirectoryError.notARun`, `.otherKind`, `.busy`, `FileError`.
    static func open(at path: String, kind: RunKind) throws -> RunDirectory {
        guard let found = RunKind(at: path) else { throw RunDirectoryError.notARun(path: path, kind: kind) }
        guard found == kind else { throw RunDirectoryError.otherKind(path: path, found: found) }
        let directory = try RunDirectory(locking: RunFiles(path: path, kind: kind))
        try directory.sweep()
        return directory
    }

    /// Makes the folders and writes the settings of a run that has no checkpoint yet.
    func begin(settings: String) throws {
        for folder in [files.checkpointsFolder, files.samplesFolder, files.tensorBoardFolder] { try Folder.create(folder) }
        for file in files.recordFiles { try Folder.remove(file.path) }
        try AtomicFile.write(settings, to: files.settingsPath)
    }

    /// Adds lines to a file of records.
    func append(_ records: [some RunRecord], to file: JSONLinesFile) throws {
        for line in try file.append(records) { digests[CheckpointManifest.name(of: file), default: LineDigest()].add(line) }
    }

    /// Writes the checkpoint after a round or step, whole or not at all.
    ///
    /// - Parameters:
    ///   - settings: those that decide the weights, as text; they are kept in it.
    ///   - inputs: by setting, a hash of what the run reads outside its folder.
    ///   - fill: writes the files into the folder that it receives.
    func saveCheckpoint(
        _ number: Int, settings: String, inputs: [String: String], filling fill: (String) throws -> Void
    ) throws {
        try Folder.replace(files.checkpointPath(number)) { folder in
            try fill(folder)
            try AtomicFile.write(settings, to: "\(folder)/\(files.kind.savedSettingsName)")
            try CheckpointManifest(files, number: number, folder: folder, records: digests, inputs: inputs).write(to: folder)
        }
    }

    /// Removes all checkpoints but the last `count`, and the residuals that none of those goes on with.
    func prune(keeping count: Int) throws {
        for number in files.checkpointNumbers().dropLast(count) { try Folder.discard(files.checkpointPath(number)) }
        let kept = Set(files.checkpointNumbers().flatMap(files.residuals(at:)))
        let newest = files.checkpointNumbers().last ?? 0
        try removeResiduals { path, round in round <= newest && !kept.contains(path) }
    }

    /// Forgets what lies after a checkpoint that was verified: later checkpoints, records, residuals, and grids that would be drawn again.
    ///
    /// - Parameter manifest: nil for a checkpoint of an earlier version.
    /// - Returns: how many checkpoints were removed.
    @discardableResult
    func discard(after number: Int, manifest: CheckpointManifest?) throws -> Int {
        // From the last one back: whatever of this a crash leaves undone, the newest checkpoint that stands has its records.
        let later = files.checkpointNumbers().filter { $0 > number }
        for number in later.reversed() { try Folder.discard(files.checkpointPath(number)) }
        if let manifest {
            for file in files.recordFiles {
                try file.truncate(toLines: manifest.records[CheckpointManifest.name(of: file)]?.lines ?? 0)
            }
        } else if files.kind == .federated {
            try files.roundsFile.truncate(keeping: RoundRecord.self) { $0.round <= number }
            try files.devicesFile.truncate(keeping: DeviceRecord.self) { $0.round <= number }
            try files.schemesFile.truncate(keeping: SchemeRecord.self) { $0.round <= number }
        } else {
            try files.progressFile.truncate(keeping: PretrainingRecord.self) { $0.step <= number }
        }
        for file in files.recordFiles {
            var digest = LineDigest()
            for line in try file.wholeLines() { digest.add(line) }
            digests[CheckpointManifest.name(of: file)] = digest
        }
        try removeResiduals { _, round in round > number }
        for sample in files.sampleNumbers() where sample > number { try Folder.remove(files.samplePath(sample)) }
        return later.count
    }

    private func removeResiduals(where isUnneeded: (_ path: String, _ round: Int) -> Bool) throws(FileError) {
        for device in files.residualDevices() {
            for round in files.residualRounds(device: device) {
                let path = files.residualPath(device: device, round: round)
                if isUnneeded(String(path.dropFirst(files.path.count + 1)), round) { try Folder.remove(path) }
            }
        }
    }

    /// Removes what a killed process left half-done.
    private func sweep() throws(FileError) {
        let residuals = files.residualDevices().map { files.residualFolder(device: $0) }
        for folder in [files.path, files.checkpointsFolder, files.samplesFolder, files.tensorBoardFolder] + residuals {
            try Folder.sweep(folder)
        }
    }
}

extension RunFiles {
    /// True where a run ended before its first checkpoint: there is nothing to lose.
    var isOnlyBegun: Bool {
        let hasRounds = ((try? roundsFile.wholeLines()) ?? [Data()]).count > 0
        return Folder.exists(checkpointsFolder) && checkpointNumbers().isEmpty && !hasRounds && !Folder.exists(modelFolder)
    }
}
