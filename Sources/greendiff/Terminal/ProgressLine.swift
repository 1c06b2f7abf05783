import Foundation
import Report

/// A line that says how far a job is: redrawn in place on a terminal, where lines of finished steps stay above it; one plain line a
/// finished step when piped.
///
///     round 12/30  [===========>              ]  loss 0.0412  311 img/s  upload 14.1 MB  energy 3.21 J  eta 2:41
///
/// A terminal that is too narrow shows a shorter bar or none, then fewer fields, the least important away first; never without eta.
struct ProgressLine {
    /// What a line tells beside how far the job is.
    struct Field: Equatable {
        let text: String
        let importance: Int

        init(_ text: String, importance: Int = 0) { (self.text, self.importance) = (text, importance) }
    }

    private let console: any ConsoleWriter
    private let unit: String
    private let total: Int
    private let first: Int
    private let clock: () -> Double
    private let start: Double
    private var lastDrawn = -Double.infinity

    private static let barWidth = 26
    private static let shortestBar = 8
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
    mutating func update(completed: Int, fraction: Double, fields: [Field]) {
        let now = clock()
        guard console.isTerminal, now - lastDrawn >= Self.secondsBetweenDraws else { return }
        lastDrawn = now
        draw(step: min(completed + 1, total), position: Double(completed) + fraction, fields: fields, now: now)
    }

    /// Shows that step `completed` is done.
    mutating func finishStep(_ completed: Int, fields: [Field]) {
        let now = clock()
        lastDrawn = now
        let position = Double(completed)
        guard console.isTerminal else { return console.line(line(completed, fields, position, now)) }
        if completed == total {
            draw(step: completed, position: position, fields: fields, now: now)
        } else {
            let text = fitting(fields) { line(completed, $0, position, now) }
            console.write("\r" + text + "\u{1B}[K\n")
            draw(step: completed + 1, position: position, fields: fields, now: now)
        }
    }

    /// Leaves the line, so that what follows starts on its own.
    func close() {
        if console.isTerminal && lastDrawn > -Double.infinity { console.line() }
    }

    private func draw(step: Int, position: Double, fields: [Field], now: Double) {
        let text = fitting(fields) { fields in
            let room = console.width - 1 - line(step, fields, position, now).count - 4
            return line(step, fields, position, now, barWidth: min(room, Self.barWidth))
        }
        console.write("\r" + text + "\u{1B}[K")
    }

    /// The text of as many fields as the terminal has room for.
    private func fitting(_ fields: [Field], _ text: ([Field]) -> String) -> String {
        var fields = fields
        while text(fields).count >= console.width, let least = fields.map(\.importance).min() {
            fields.removeAll { $0.importance == least }
        }
        return String(text(fields).prefix(max(1, console.width - 1)))
    }

    private func line(_ step: Int, _ fields: [Field], _ position: Double, _ now: Double, barWidth: Int = 0) -> String {
        let bar = barWidth < Self.shortestBar ? [] : [bar(position, width: barWidth)]
        return ([heading(step)] + bar + fields.map(\.text) + [eta(position, now)]).joined(separator: "  ")
    }

    private func bar(_ position: Double, width: Int) -> String {
        let filled = total == 0 ? width : Int(position / Double(total) * Double(width))
        let bar = String(repeating: "=", count: filled) + (filled < width ? ">" : "")
        return "[" + bar + String(repeating: " ", count: width - bar.count) + "]"
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
