import Foundation
import Storage

/// A checkpoint that a run may go on from.
struct VerifiedCheckpoint {
    /// The round or step.
    let number: Int
    let folder: String
    /// nil for a checkpoint of an earlier version, of which only the format can be verified.
    let manifest: CheckpointManifest?

    /// What a person who goes on from it should know.
    func notices(removedCheckpoints removed: Int, _ files: RunFiles) -> [String] {
        let (unit, next) = (files.kind.unit, number + 1)
        return [
            manifest == nil
                ? "\(folder) is of an earlier version: that nothing in it was changed cannot be verified; from the next on it can"
                : nil,
            removed > 0 ? "back at \(unit) \(number): what came after it is gone, and \(unit) \(next) is done again" : nil,
        ].compactMap(\.self)
    }
}

extension RunDirectory {
    /// The newest checkpoint, or that of `number`, compared with its manifest.
    ///
    /// - Returns: nil where there is none yet.
    /// - Throws: `RunDirectoryError.noSuchCheckpoint`; `.damaged` with an older checkpoint that stands, where one does.
    func checkpoint(_ number: Int? = nil) throws(RunDirectoryError) -> VerifiedCheckpoint? {
        let numbers = files.checkpointNumbers()
        if let number, !numbers.contains(number) {
            throw .noSuchCheckpoint(path: files.path, kind: files.kind, requested: number, found: numbers)
        }
        guard let chosen = number ?? numbers.last else { return nil }
        do throws(CheckpointDamage) { return try files.verifiedCheckpoint(chosen) } catch {
            throw files.damaged(error, checkpoint: chosen)
        }
    }
}

extension RunFiles {
    /// The error of a checkpoint that cannot be used, with the newest older one that can.
    func damaged(_ damage: CheckpointDamage, checkpoint number: Int) -> RunDirectoryError {
        let older = checkpointNumbers().last { older in
            guard older < number else { return false }
            do throws(CheckpointDamage) { _ = try verifiedCheckpoint(older) } catch { return false }
            return true
        }
        return .damaged(run: path, kind: kind, path: damage.path, reason: damage.reason, older: older)
    }

    /// The checkpoint after a round or step, and all that belongs to it, compared with its manifest.
    func verifiedCheckpoint(_ number: Int) throws(CheckpointDamage) -> VerifiedCheckpoint {
        let manifest = try CheckpointManifest.read(self, number: number)
        try manifest?.verify(self)
        return VerifiedCheckpoint(number: number, folder: checkpointPath(number), manifest: manifest)
    }

    /// The folder of the newest checkpoint where it has a manifest, and so says of which settings it is.
    ///
    /// - Throws: `RunDirectoryError.damaged` for a manifest that is none.
    package func newestCheckpointOfKnownSettings() throws(RunDirectoryError) -> String? {
        guard let newest = checkpointNumbers().last else { return nil }
        do throws(CheckpointDamage) {
            return try CheckpointManifest.read(self, number: newest).map { _ in checkpointPath(newest) }
        } catch { throw damaged(error, checkpoint: newest) }
    }

    /// Compares a run's checkpoint with its manifest; of an earlier version's, which has none, the format is verified.
    ///
    /// - Throws: `RunDirectoryError.damaged`, `CheckpointError` or `FileError` that names what does not belong to it.
    package func verify(checkpoint number: Int) throws {
        let verified: VerifiedCheckpoint
        do throws(CheckpointDamage) { verified = try verifiedCheckpoint(number) } catch {
            throw damaged(error, checkpoint: number)
        }
        if verified.manifest == nil, kind == .federated {
            do throws(CheckpointDamage) {
                _ = try RunCheckpoint(folder: verified.folder, round: number, averageDecay: RunConfiguration().averageDecay)
            } catch { throw damaged(error, checkpoint: number) }
        }
    }
}
