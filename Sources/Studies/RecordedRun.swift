import Foundation
import GreenDiffusion
import Records
import Storage

/// A run directory as figures read it.
struct RecordedRun {
    /// The last part of its path.
    let name: String
    let files: RunFiles
    let configuration: RunConfiguration
    let rounds: [RoundRecord]

    /// What the run had cost when a round was over; all modelled but the bytes, which are measured.
    struct Total {
        let round: Int
        let energyJoules: Double
        /// Sum of the rounds' times, each that of its slowest device.
        let seconds: Double
        let uploadBytes: Int
    }

    /// - Throws: `RunDirectoryError.notARun` or `.damagedLine`, `ConfigurationError`, `FileError`.
    init(_ path: String) throws {
        files = RunFiles(path: path)
        guard files.holdsRun else {
            if RunKind(at: path) == .pretraining {
                throw FileError.invalid(path: path, reason: "it is a pretraining run; this needs runs of federated training")
            }
            throw RunDirectoryError.notARun(path: path, kind: .federated)
        }
        var configuration = RunConfiguration()
        try configuration.override(fromYAMLFile: files.configurationPath)
        self.configuration = configuration
        rounds = try files.rounds()
        name = URL(fileURLWithPath: path).lastPathComponent
        guard !rounds.isEmpty else { throw FileError.invalid(path: path, reason: "it has no finished round yet") }
    }

    /// After every round.
    var totals: [Total] {
        var (energy, seconds, bytes) = (0.0, 0.0, 0)
        return rounds.map { record in
            energy += record.energyTotalJoules
            seconds += record.roundTimeSeconds
            bytes = min(bytes, .max - record.uploadBytes) + record.uploadBytes
            return Total(round: record.round, energyJoules: energy, seconds: seconds, uploadBytes: bytes)
        }
    }

    /// How the run's bits were chosen, e.g. `on-demand 6:8`.
    var schemeName: String {
        configuration.scheme == .fedAvg
            ? "fedavg 32" : "\(configuration.scheme.rawValue) \(configuration.text(of: .bits) ?? "")"
    }

    /// Reads the runs, each under a name of its own.
    static func read(_ paths: [String]) throws -> [(label: String, run: RecordedRun)] {
        let runs = try paths.map { try RecordedRun($0) }
        let names = runs.map(\.name)
        return runs.map { run in (names.count { $0 == run.name } > 1 ? run.files.path : run.name, run) }
    }
}
