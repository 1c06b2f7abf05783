import Foundation
import Report

/// How far a long planning job is: on a terminal a line that is redrawn, in a pipe a plain line for every tenth.
struct PlanProgress {
    private var line: ProgressLine
    private let total: Int
    private let start = ProcessInfo.processInfo.systemUptime
    private let isTerminal: Bool
    private var tenth = 0

    /// Fewer devices are planned before a line could be read.
    private static let fewest = 100_000

    init?(total: Int, console: any ConsoleWriter) {
        guard total >= Self.fewest else { return nil }
        line = ProgressLine(unit: "device", total: total, console: console)
        (self.total, isTerminal) = (total, console.isTerminal)
    }

    mutating func show(done: Int) {
        let rate = Double(done) / max(ProcessInfo.processInfo.systemUptime - start, 1e-3)
        let fields = [ProgressLine.Field("\(Quantity.count(Int(rate))) devices/s")]
        if isTerminal {
            done == total ? line.finishStep(done, fields: fields) : line.update(completed: done, fraction: 0, fields: fields)
        } else if done * 10 / total > tenth {
            tenth = done * 10 / total
            line.finishStep(done, fields: fields)
        }
    }

    func close() { line.close() }
}
