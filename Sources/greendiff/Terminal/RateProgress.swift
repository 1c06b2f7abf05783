import Foundation
import Report

/// How far a long job is that counts things one by one, with their rate: on a terminal a line that is redrawn, in a pipe a plain line for
/// every tenth.
struct RateProgress {
    private var line: ProgressLine
    private let unit: String
    private let total: Int
    private let start = ProcessInfo.processInfo.systemUptime
    private let isTerminal: Bool
    private var tenth = 0

    /// - Parameter unit: what is counted, one of it.
    init(unit: String, total: Int, console: any ConsoleWriter) {
        line = ProgressLine(unit: unit, total: total, console: console)
        (self.unit, self.total, isTerminal) = (unit, total, console.isTerminal)
    }

    /// - Parameter done: how many, with a fraction of the next.
    mutating func show(done: Double) {
        let whole = Int(done)
        let rate = done / max(ProcessInfo.processInfo.systemUptime - start, 1e-3)
        let fields = [ProgressLine.Field("\(rate < 10 ? Quantity.significant(rate) : Quantity.count(Int(rate))) \(unit)s/s")]
        if isTerminal {
            whole == total
                ? line.finishStep(whole, fields: fields)
                : line.update(completed: whole, fraction: done - done.rounded(.down), fields: fields)
        } else if total > 0, whole * 10 / total > tenth {
            tenth = whole * 10 / total
            line.finishStep(whole, fields: fields)
        }
    }

    func close() { line.close() }
}
