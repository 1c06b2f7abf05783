import Foundation
import Storage

/// The file of a meter that may still be writing it.
package struct PowerLogFile: Sendable {
    package let path: String
    /// Added to its times, where its clock is another.
    package let offsetSeconds: Double
    /// How long to wait for samples of what was measured last.
    private let patienceSeconds: Double

    package init(path: String, offsetSeconds: Double = 0, patienceSeconds: Double = 20) {
        (self.path, self.offsetSeconds, self.patienceSeconds) = (path, offsetSeconds, patienceSeconds)
    }

    /// The log as it is now.
    package func read() throws(FileError) -> PowerLog { try PowerLog(path: path, offsetSeconds: offsetSeconds) }

    /// The log once it reaches `unixSeconds`, or as it is when patience ends.
    package func covering(_ unixSeconds: Double) throws(FileError) -> PowerLog {
        var log = try read()
        try wait(for: &log, toReach: unixSeconds)
        return log
    }

    /// Reads on until the log reaches `unixSeconds`, or patience ends.
    package func wait(for log: inout PowerLog, toReach unixSeconds: Double) throws(FileError) {
        let end = Date().addingTimeInterval(patienceSeconds)
        while true {
            if let last = log.samples.last, last.unixSeconds >= unixSeconds { return }
            guard Date() < end else { return }
            Thread.sleep(forTimeInterval: min(0.2, patienceSeconds))
            try log.readOn()
        }
    }
}
