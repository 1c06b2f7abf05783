import Foundation
import Storage

/// Why a line is no sample.
struct PowerLogFault: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

/// Where time and power stand, and in which unit.
struct PowerLogColumns {
    private let separator: Character
    private let time: Int
    private let power: Int
    private let count: Int
    private let secondsPerUnit: Double
    private let wattsPerUnit: Double

    private static let times = [
        "time": 1, "time_s": 1, "timestamp": 1, "unix_s": 1, "time_ms": 1e-3, "unix_ms": 1e-3, "timestamp_ms": 1e-3,
    ]
    private static let powers = [
        "watts": 1, "power": 1, "power_w": 1, "w": 1, "watt": 1, "power_mw": 1e-3, "mw": 1e-3, "milliwatts": 1e-3,
    ]

    /// - Parameter header: the file's first line.
    init(_ header: Substring, path: String) throws(FileError) {
        separator = header.first { ",;\t".contains($0) } ?? ","
        let names = Self.cells(header, separator)
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

    func sample(_ line: Substring, offsetSeconds: Double) throws(PowerLogFault) -> PowerLog.Sample {
        let cells = Self.cells(line, separator)
        guard cells.count == count else {
            throw PowerLogFault(
                "it has \(cells.count) cells, the first line \(count); write decimals with a point, not with a comma")
        }
        guard let seconds = Double(cells[time]).map({ $0 * secondsPerUnit }) ?? Self.date(cells[time]), seconds.isFinite else {
            throw PowerLogFault(
                "the time \(cells[time].excerpt) is neither seconds since 1970 nor ISO 8601, such as 2026-01-31T12:00:00.5Z")
        }
        guard let watts = Double(cells[power]).map({ $0 * wattsPerUnit }), (0...1e5).contains(watts) else {
            throw PowerLogFault(
                "the power \(cells[power].excerpt) is no number of watts in 0...100000; name the column power_mw where it is in milliwatts"
            )
        }
        return PowerLog.Sample(unixSeconds: seconds + offsetSeconds, watts: watts)
    }

    private static func cells(_ line: Substring, _ separator: Character) -> [String] {
        line.split(separator: separator, omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: CharacterSet(charactersIn: " \t\r\"\u{feff}"))
        }
    }

    private static func date(_ text: String) -> Double? {
        let styles = [true, false].map { Date.ISO8601FormatStyle(includingFractionalSeconds: $0) }
        return styles.lazy.compactMap { try? $0.parse(text) }.first?.timeIntervalSince1970
    }
}
