import GreenDiffusion
import Report
import Storage

/// The folder of a pretraining run, verified: settings, progress, newest checkpoint.
struct PretrainingReport: Inspected {
    let kind = "pretraining"
    let path: String
    let settings: PretrainingSettings
    let lossLast: Double?
    let checkpoint: CheckpointReport?

    init(_ path: String) throws {
        let files = RunFiles(path: path, kind: .pretraining)
        self.path = path
        settings = try PretrainingSettings(files)
        lossLast = try files.progress().last?.loss
        if let newest = try files.newestCheckpointOfKnownSettings() {
            try settings.checkUnchanged(since: newest, path: files.settingsPath)
        }
        checkpoint = try files.checkpointNumbers().last.flatMap { try CheckpointReport(of: files, number: $0) }
    }

    var lines: [(String, String)] {
        let step = checkpoint?.trainingState?["step"] ?? 0
        return [
            ("run", "\(path), pretraining, step \(step) of \(settings.steps), verified"),
            ("loss", lossLast.map(Quantity.significant) ?? "none yet"),
            ("data", settings.data),
        ] + (checkpoint?.lines ?? [])
    }
}
