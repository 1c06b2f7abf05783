import Foundation
import GreenDiffusion
import Records
import Report
import Storage

/// The folder of a federated run, verified: every line of its records, rounds without gaps, every checkpoint.
struct RunReport: Inspected {
    let kind = "run"
    let path: String
    let rounds: Int
    let lossFirst: Double?
    let lossLast: Double?
    let energyTotalJoules: Double
    let uploadBytes: Int
    /// Lines of `devices.jsonl` by status.
    let devices: [String: Int]
    /// The newest last.
    let checkpoints: [CheckpointReport]

    init(_ path: String) throws {
        let files = RunFiles(path: path)
        let records = try files.rounds()
        guard files.holdsRun else { throw FileError.missing(path: files.configurationPath) }
        var configuration = RunConfiguration()
        try configuration.override(fromYAMLFile: files.configurationPath)
        self.path = path
        rounds = records.count
        (lossFirst, lossLast) = (records.first?.loss, records.last?.loss)
        energyTotalJoules = records.reduce(0) { $0 + $1.energyTotalJoules }
        uploadBytes = records.total(\.uploadBytes)
        devices = try files.devices().reduce(into: [:]) { $0[$1.status.rawValue, default: 0] += 1 }
        if let newest = try files.newestCheckpointOfKnownSettings() {
            try configuration.checkUnchanged(since: newest, path: files.configurationPath)
        }
        checkpoints = try files.checkpointNumbers().compactMap { try CheckpointReport(of: files, number: $0) }
    }

    var lines: [(String, String)] {
        let losses = [lossFirst, lossLast].map { $0.map(Quantity.significant) ?? "none" }
        let statuses = devices.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return [
            ("run", "\(path), \(rounds) rounds, verified"),
            ("loss", "\(losses[0]) in the first round, \(losses[1]) in the last"),
            ("energy", "\(Quantity.energy(energyTotalJoules)) in all, upload \(Quantity.bytes(uploadBytes))"),
            ("devices", statuses.isEmpty ? "none yet" : statuses),
        ] + checkpoints.flatMap(\.lines)
    }
}
