import Report
import Storage

/// The folder of a pretraining run, verified: settings, progress, newest checkpoint.
struct PretrainingReport: Inspection.Report {
    let kind = "pretraining"
    let path: String
    let settings: PretrainingSettings
    let lossLast: Double?
    let checkpoint: CheckpointReport?

    init(_ directory: PretrainingDirectory) throws {
        path = directory.path
        settings = try directory.settings()
        lossLast = try directory.progress.read(PretrainingRecord.self).last?.loss
        checkpoint = try directory.lastCheckpoint().map { try CheckpointReport($0) }
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
