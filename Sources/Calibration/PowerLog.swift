import Foundation
import Storage

/// What an external meter wrote: a line of time and power for each sample, as USB meters, smart plugs and Joulescopes export.
package struct PowerLog: Sendable {
    /// One line of the file.
    package struct Sample: Sendable, Equatable {
        package let unixSeconds: Double
        package let watts: Double

        package init(unixSeconds: Double, watts: Double) { (self.unixSeconds, self.watts) = (unixSeconds, watts) }
    }

    /// What the meter says of a stretch of time.
    package struct Stretch: Sendable, Equatable {
        package let joules: Double
        package let seconds: Double
        /// Standard deviation of the samples inside, W.
        package let deviationWatts: Double
        /// How many lie inside.
        package let samples: Int

        package var watts: Double { joules / seconds }
    }

    /// By rising time.
    package let samples: [Sample]
    private let path: String

    /// Reads a file: a line of column names (`time`, seconds since 1970 or ISO 8601; `watts`, or `power_mw`), then one line a sample, cells parted
    /// by comma, semicolon or tab. A last line without its end is left out.
    ///
    /// - Parameter offsetSeconds: added to its times, where its clock is another.
    /// - Throws: `FileError` with line, value and limit: what is no time or power, power outside 0...1e5 W, times that do not rise.
    package init(path: String, offsetSeconds: Double = 0) throws(FileError) {
        let text: String
        do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw FileManager.default.fileExists(atPath: path)
                ? .invalid(path: path, reason: "it is no UTF-8 text; export the meter's samples as CSV") : .missing(path: path)
        }
        // A meter that still writes may have cut its last line short: only lines that end count.
        let all = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).dropLast()
        var lines = all.enumerated().filter { !$0.element.isEmpty }.makeIterator()
        guard let header = lines.next()?.element else { throw .invalid(path: path, reason: "it is empty") }
        let separator = header.first { ",;\t".contains($0) } ?? ","
        let columns = try Columns(Self.cells(header, separator), path: path)
        var samples: [Sample] = []
        while let (index, line) = lines.next() {
            let sample: Sample
            do throws(Fault) {
                sample = try columns.sample(Self.cells(line, separator), offsetSeconds: offsetSeconds)
                if let last = samples.last, sample.unixSeconds <= last.unixSeconds {
                    throw Fault("its time \(sample.unixSeconds) s is not after that of the line before; sort the samples by time")
                }
            } catch { throw .invalid(path: path, reason: "line \(index + 1): \(error.reason)") }
            samples.append(sample)
        }
        (self.samples, self.path) = (samples, path)
    }

    /// Energy between two times, the power between samples taken as a straight line.
    ///
    /// - Throws: where the file does not reach over the stretch, or leaves a gap in it of 2 s and a tenth of it.
    package func stretch(from start: Double, to end: Double) throws(FileError) -> Stretch {
        guard let first = samples.first, let last = samples.last, first.unixSeconds <= start, last.unixSeconds >= end else {
            let span =
                samples.first.map { "\($0.unixSeconds) to \(samples[samples.count - 1].unixSeconds) s" } ?? "no time at all"
            throw .invalid(
                path: path,
                reason:
                    "it covers \(span) since 1970, what was measured took from \(start) to \(end) s; let the meter run before and after, "
                    + "and where its clock is another, give the difference with --power-offset SECONDS")
        }
        let inside = samples.filter { $0.unixSeconds > start && $0.unixSeconds < end }
        let all = [at(start)] + inside + [at(end)]
        let longest = max(2, (end - start) / 10)
        var joules = 0.0
        for (before, after) in zip(all, all.dropFirst()) {
            let seconds = after.unixSeconds - before.unixSeconds
            guard seconds <= longest else {
                throw .invalid(
                    path: path,
                    reason:
                        "it has no sample from \(before.unixSeconds) to \(after.unixSeconds) s, \(seconds) s long; at most \(longest) s may be "
                        + "without one: measure again, with more samples a second")
            }
            joules += seconds * (before.watts + after.watts) / 2
        }
        let mean = inside.isEmpty ? 0 : inside.reduce(0) { $0 + $1.watts } / Double(inside.count)
        let squares = inside.reduce(0) { $0 + ($1.watts - mean) * ($1.watts - mean) }
        return Stretch(
            joules: joules, seconds: end - start,
            deviationWatts: inside.count > 1 ? (squares / Double(inside.count - 1)).squareRoot() : 0, samples: inside.count)
    }

    /// The power at a time that the samples enclose.
    private func at(_ time: Double) -> Sample {
        let next = samples.firstIndex { $0.unixSeconds >= time } ?? samples.count - 1
        guard next > 0 else { return Sample(unixSeconds: time, watts: samples[next].watts) }
        let (a, b) = (samples[next - 1], samples[next])
        let share = (time - a.unixSeconds) / (b.unixSeconds - a.unixSeconds)
        return Sample(unixSeconds: time, watts: a.watts + share * (b.watts - a.watts))
    }

    private static func cells(_ line: Substring, _ separator: Character) -> [String] {
        line.split(separator: separator, omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: CharacterSet(charactersIn: " \t\r\"\u{feff}"))
        }
    }
}

/// Why a line is no sample.
private struct Fault: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

/// Where time and power stand, and in which unit.
private struct Columns {
    let time: Int
    let power: Int
    let count: Int
    let secondsPerUnit: Double
    let wattsPerUnit: Double

    private static let times = [
        "time": 1, "time_s": 1, "timestamp": 1, "unix_s": 1, "time_ms": 1e-3, "unix_ms": 1e-3, "timestamp_ms": 1e-3,
    ]
    private static let powers = [
        "watts": 1, "power": 1, "power_w": 1, "w": 1, "watt": 1, "power_mw": 1e-3, "mw": 1e-3, "milliwatts": 1e-3,
    ]

    init(_ names: [String], path: String) throws(FileError) {
        let lower = names.map { $0.lowercased() }
        guard let time = lower.firstIndex(where: { Self.times[$0] != nil }),
            let power = lower.firstIndex(where: { Self.powers[$0] != nil })
        else {
            throw .invalid(
                path: path,
                reason:
                    "its first line names \(names.joined(separator: ", ").excerpt); it needs a column time (seconds since 1970, or ISO 8601) "
                    + "and a column watts (or power_mw)")
        }
        (self.time, self.power, count) = (time, power, names.count)
        (secondsPerUnit, wattsPerUnit) = (Self.times[lower[time]] ?? 1, Self.powers[lower[power]] ?? 1)
    }

    func sample(_ cells: [String], offsetSeconds: Double) throws(Fault) -> PowerLog.Sample {
        guard cells.count == count else {
            throw Fault("it has \(cells.count) cells, the first line \(count); write decimals with a point, not with a comma")
        }
        guard let seconds = Double(cells[time]).map({ $0 * secondsPerUnit }) ?? Self.date(cells[time]), seconds.isFinite else {
            throw Fault(
                "the time \(cells[time].excerpt) is neither seconds since 1970 nor ISO 8601, such as 2026-01-31T12:00:00.5Z")
        }
        guard let watts = Double(cells[power]).map({ $0 * wattsPerUnit }), (0...1e5).contains(watts) else {
            throw Fault(
                "the power \(cells[power].excerpt) is no number of watts in 0...100000; name the column power_mw where it is in milliwatts"
            )
        }
        return PowerLog.Sample(unixSeconds: seconds + offsetSeconds, watts: watts)
    }

    private static func date(_ text: String) -> Double? {
        let styles = [true, false].map { Date.ISO8601FormatStyle(includingFractionalSeconds: $0) }
        return styles.lazy.compactMap { try? $0.parse(text) }.first?.timeIntervalSince1970
    }
}
