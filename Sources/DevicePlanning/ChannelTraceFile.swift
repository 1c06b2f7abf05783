import FedRuntime
import Foundation
import Storage

/// Recorded channel gains as a CSV file with a header line.
///
/// Columns in any order: `device`; `gain` (power over the mean) or `gain_db`; and `round`, counted from 1, where gains change from round to
/// round. Every device has a line for each round of the trace; the trace starts again after its last round.
package enum ChannelTraceFile {
    /// - Throws: `FileError` that names the line, its value and the limit.
    package static func read(path: String) throws(FileError) -> ChannelTrace { try parse(try readFile(path), path: path) }

    /// As `read`, from the file's text; `path` is for messages.
    package static func parse(_ text: String, path: String) throws(FileError) -> ChannelTrace {
        try parse(Array(text.utf8), path: path)
    }

    private static func parse(_ bytes: [UInt8], path: String) throws(FileError) -> ChannelTrace {
        var lines = try lines(bytes, path: path)
        guard !lines.isEmpty else { throw .invalid(path: path, reason: "it is empty; \(Columns.example)") }
        let columns = try Columns(head: lines.removeFirst(), path: path)
        guard !lines.isEmpty else { throw .invalid(path: path, reason: "it has a header line only; \(Columns.example)") }
        var gains: [Int: [Int: Double]] = [:]
        for line in lines {
            let (round, device, gain) = try columns.read(line, path: path)
            guard gains[device, default: [:]].updateValue(gain, forKey: round) == nil else {
                throw .invalid(path: path, reason: "line \(line.number): device \(device) has a gain for round \(round) already")
            }
        }
        let rounds = gains.values.flatMap(\.keys).max() ?? 1
        for device in gains.keys.sorted() {
            for round in 1...rounds where gains[device]?[round] == nil {
                throw .invalid(
                    path: path,
                    reason: "device \(device) has no gain for round \(round) of \(rounds); give every device all rounds")
            }
        }
        return ChannelTrace(gains: gains.mapValues { byRound in (1...rounds).compactMap { byRound[$0] } })
    }

    /// A line that is not blank: its number from 1, and its cells.
    private typealias Line = (number: Int, cells: [String])

    private static func lines(_ bytes: [UInt8], path: String) throws(FileError) -> [Line] {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .invalid(path: path, reason: "it is no UTF-8 text") }
        let bytes = bytes.span
        var position = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
        let separator = CSVScanner.separator(bytes, from: position)
        var lines: [Line] = []
        var number = 1
        while position < bytes.count {
            let start = position
            var cells: [String] = []
            do throws(CSVScanner.Failure) {
                try CSVScanner.line(bytes, &position, separator: separator, isLast: true) { cells.append($0.text(bytes)) }
            } catch {
                throw .invalid(path: path, reason: "line \(number): \(error.reason)")
            }
            if cells != [""] { lines.append((number, cells)) }
            for index in start..<position where bytes[index] == UInt8(ascii: "\n") { number += 1 }
        }
        return lines
    }

    /// Where the header line puts what.
    private struct Columns {
        static let example = "write `round,device,gain_db` and below it lines such as `1,0,-3.5`"
        private static let names: Set<String> = ["round", "device", "gain", "gain_db"]

        let names: [String]
        let round: Int?
        let device: Int
        let gain: Int
        let isInDecibels: Bool

        init(head: Line, path: String) throws(FileError) {
            names = head.cells
            if let other = names.first(where: { !Self.names.contains($0) }) {
                throw .invalid(
                    path: path, reason: "line \(head.number): \(other.excerpt) is no column of a trace; \(Self.example)")
            }
            guard Set(names).count == names.count, let device = names.firstIndex(of: "device"),
                let gain = names.firstIndex(where: { $0.hasPrefix("gain") }), !Set(["gain", "gain_db"]).isSubset(of: names)
            else {
                throw .invalid(
                    path: path, reason: "line \(head.number): a trace has one device and one gain column; \(Self.example)")
            }
            (round, self.device, self.gain) = (names.firstIndex(of: "round"), device, gain)
            isInDecibels = names[gain] == "gain_db"
        }

        func read(_ line: Line, path: String) throws(FileError) -> (round: Int, device: Int, gain: Double) {
            func failure(_ problem: String) -> FileError { .invalid(path: path, reason: "line \(line.number): \(problem)") }
            guard line.cells.count == names.count else {
                throw failure("\(line.cells.count) cells under \(names.count) columns; write \(names.joined(separator: ","))")
            }
            let roundText = self.round.map { line.cells[$0] } ?? "1"
            guard let round = Int(roundText), ChannelTraceFile.rounds.contains(round) else {
                throw failure("round \(roundText.excerpt) is outside \(ChannelTraceFile.rounds); rounds count from 1")
            }
            guard let device = Int(line.cells[self.device]), device >= 0, device <= Int(UInt32.max) else {
                throw failure("device \(line.cells[self.device].excerpt) is not a whole number from 0")
            }
            let text = line.cells[gain]
            guard let number = Double(text) else { throw failure("\(names[gain]) \(text.excerpt) is not a number") }
            let value = isInDecibels ? pow(10, number / 10) : number
            guard ChannelTraceFile.gains.contains(value) else {
                throw failure("\(names[gain]) \(text.excerpt) is a gain outside \(ChannelTraceFile.gains)")
            }
            return (round, device, value)
        }
    }

    private static let rounds = 1...1_000_000
    /// Power over the mean: -200 dB to 100 dB.
    private static let gains = 1e-20...1e10
}
