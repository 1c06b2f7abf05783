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
    package private(set) var samples: [Sample] = []
    let path: String
    private let offsetSeconds: Double
    private var columns: PowerLogColumns?
    private var bytesRead: UInt64 = 0
    private var linesRead = 0

    /// Reads a file: a line of column names (`time`, seconds since 1970 or ISO 8601; `watts`, or `power_mw`), then one line a sample, cells parted
    /// by comma, semicolon or tab. A last line without its end is left out.
    ///
    /// - Parameter offsetSeconds: added to its times, where its clock is another.
    /// - Throws: `FileError` with line, value and limit: what is no time or power, power outside 0...1e5 W, times that do not rise.
    package init(path: String, offsetSeconds: Double = 0) throws(FileError) {
        (self.path, self.offsetSeconds) = (path, offsetSeconds)
        try readOn()
        guard columns != nil else { throw .invalid(path: path, reason: "it is empty") }
    }

    /// Takes in the lines that the meter wrote since.
    ///
    /// - Throws: as `init`; nothing is taken in then.
    package mutating func readOn() throws(FileError) {
        let unread = try unreadBytes()
        // A meter that still writes may have cut its last line short: only lines that end count.
        guard let end = unread.lastIndex(of: UInt8(ascii: "\n")) else { return }
        let whole = unread[...end]
        guard let text = String(data: whole, encoding: .utf8) else {
            throw .invalid(path: path, reason: "it is no UTF-8 text; export the meter's samples as CSV")
        }
        var (columns, found, last) = (self.columns, [Sample](), samples.last)
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).dropLast()
        for (index, line) in lines.enumerated() where !line.isEmpty {
            guard let names = columns else {
                columns = try PowerLogColumns(line, path: path)
                continue
            }
            do throws(PowerLogFault) {
                let sample = try names.sample(line, offsetSeconds: offsetSeconds)
                if let last, sample.unixSeconds <= last.unixSeconds {
                    throw PowerLogFault(
                        "its time \(sample.unixSeconds) s is not after that of the line before; sort the samples by time")
                }
                found.append(sample)
                last = sample
            } catch { throw .invalid(path: path, reason: "line \(linesRead + index + 1): \(error.reason)") }
        }
        self.columns = columns
        samples += found
        linesRead += lines.count
        bytesRead += UInt64(whole.count)
    }

    private func unreadBytes() throws(FileError) -> Data {
        guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            try file.seek(toOffset: bytesRead)
            return try file.readToEnd() ?? Data()
        } catch { throw .unreadable(path: path, reason: FileError.reason(error)) }
    }

    /// Forgets the samples that no stretch from `unixSeconds` on needs.
    package mutating func forget(before unixSeconds: Double) {
        samples.removeFirst(max(0, samples.partition(at: unixSeconds) - 1))
    }

    /// Energy between two times, the power between samples taken as a straight line.
    ///
    /// - Throws: where the file does not reach over the stretch, or leaves a gap in it of 2 s and a tenth of it.
    package func stretch(from start: Double, to end: Double) throws(FileError) -> Stretch {
        guard let first = samples.first, let last = samples.last, first.unixSeconds <= start, last.unixSeconds >= end else {
            throw .invalid(
                path: path,
                reason:
                    "it covers \(span) since 1970, what was measured took from \(start) to \(end) s; let the meter run before and after, "
                    + "and where its clock is another, give the difference with --power-offset SECONDS")
        }
        let inside = samples[samples.partition(at: start)..<samples.partition(at: end)]
        let all = [at(start)] + inside + [at(end)]
        let longest = max(2, (end - start) / 10)
        for (before, after) in zip(all, all.dropFirst()) where after.unixSeconds - before.unixSeconds > longest {
            throw .invalid(
                path: path,
                reason:
                    "it has no sample from \(before.unixSeconds) to \(after.unixSeconds) s, \(after.unixSeconds - before.unixSeconds) s long; "
                    + "at most \(longest) s may be without one: measure again, with more samples a second")
        }
        let mean = inside.isEmpty ? 0 : inside.reduce(0) { $0 + $1.watts } / Double(inside.count)
        let squares = inside.reduce(0) { $0 + ($1.watts - mean) * ($1.watts - mean) }
        return Stretch(
            joules: joules(from: start, to: end), seconds: end - start,
            deviationWatts: inside.count > 1 ? (squares / Double(inside.count - 1)).squareRoot() : 0, samples: inside.count)
    }

    /// The times that the samples cover, for a message.
    var span: String {
        samples.first.map { "\($0.unixSeconds) to \(samples[samples.count - 1].unixSeconds) s" } ?? "no time at all"
    }

    /// Energy between two times that the samples enclose.
    func joules(from start: Double, to end: Double) -> Double {
        let all = [at(start)] + samples[samples.partition(at: start)..<samples.partition(at: end)] + [at(end)]
        return zip(all, all.dropFirst()).reduce(0) { sum, pair in
            sum + (pair.1.unixSeconds - pair.0.unixSeconds) * (pair.0.watts + pair.1.watts) / 2
        }
    }

    /// The power at a time that the samples enclose.
    private func at(_ time: Double) -> Sample {
        let next = min(samples.partition(at: time), samples.count - 1)
        guard next > 0 else { return Sample(unixSeconds: time, watts: samples[next].watts) }
        let (a, b) = (samples[next - 1], samples[next])
        let share = (time - a.unixSeconds) / (b.unixSeconds - a.unixSeconds)
        return Sample(unixSeconds: time, watts: a.watts + share * (b.watts - a.watts))
    }
}

extension [PowerLog.Sample] {
    /// Index of the first sample that is not before a time; the count where all are.
    func partition(at unixSeconds: Double) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].unixSeconds < unixSeconds { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
