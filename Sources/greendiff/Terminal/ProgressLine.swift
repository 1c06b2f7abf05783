import Foundation
import Report

/// A line that says how far a job is: redrawn in place on a terminal, one plain line a finished step when piped.
///
///     round 12/30  [===========>              ]  loss 0.0412  311 img/s  upload 14.1 MB  energy 3.21 J  eta 2:41
struct ProgressLine {
    private let console: any ConsoleWriter
    private let unit: String
    private let total: Int
    private let first: Int
    private let clock: () -> Double
    private let start: Double
    private var lastDrawn = -Double.infinity

    private static let barWidth = 26
    private static let secondsBetweenDraws = 0.1

    /// - Parameters:
    ///   - unit: what is counted, e.g. `round`.
    ///   - total: the number of the last step.
    ///   - first: steps already done before this process began (after a resume).
    ///   - clock: seconds that never go back.
    init(
        unit: String, total: Int, first: Int = 0, console: any ConsoleWriter,
        clock: @escaping () -> Double = { ProcessInfo.processInfo.systemUptime }
    ) {
        (self.unit, self.total, self.first, self.console, self.clock) = (unit, total, first, console, clock)
        start = clock()
    }

    /// Shows a state inside a step: `completed` steps done and a `fraction` of the next. Nothing when piped.
    mutating func update(completed: Int, fraction: Double, fields: [String]) {
        let now = clock()
        guard console.isTerminal, now - lastDrawn >= Self.secondsBetweenDraws else { return }
        lastDrawn = now
        draw(step: min(completed + 1, total), position: Double(completed) + fraction, fields: fields, now: now)
    }

    /// Shows that step `completed` is done.
    mutating func finishStep(_ completed: Int, fields: [String]) {
        let now = clock()
        lastDrawn = now
        if console.isTerminal {
            draw(step: completed, position: Double(completed), fields: fields, now: now)
        } else {
            console.line(([heading(completed)] + fields + [eta(Double(completed), now)]).joined(separator: "  "))
        }
    }

    /// Leaves the line, so that what follows starts on its own.
    func close() {
        if console.isTerminal && lastDrawn > -Double.infinity { console.line() }
    }

    private func draw(step: Int, position: Double, fields: [String], now: Double) {
        let filled = total == 0 ? Self.barWidth : Int(position / Double(total) * Double(Self.barWidth))
        let bar = String(repeating: "=", count: filled) + (filled < Self.barWidth ? ">" : "")
        let padded = bar + String(repeating: " ", count: Self.barWidth - bar.count)
        let text = ([heading(step), "[\(padded)]"] + fields + [eta(position, now)]).joined(separator: "  ")
        console.write("\r" + text.prefix(max(1, console.width - 1)) + "\u{1B}[K")
    }

    private func heading(_ step: Int) -> String {
        let digits = String(total).count
        let text = String(step)
        return "\(unit) \(String(repeating: " ", count: max(0, digits - text.count)))\(text)/\(total)"
    }

    private func eta(_ position: Double, _ now: Double) -> String {
        let done = position - Double(first)
        guard done > 0 else { return "eta --:--" }
        return "eta \(Quantity.duration((now - start) / done * (Double(total) - position)))"
    }
}
