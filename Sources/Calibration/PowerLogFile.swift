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

    /// The log once it reaches `unixSeconds`, or as it is when patience ends.
    package func covering(_ unixSeconds: Double) throws(FileError) -> PowerLog {
        let end = Date().addingTimeInterval(patienceSeconds)
        while true {
            let log = try PowerLog(path: path, offsetSeconds: offsetSeconds)
            if let last = log.samples.last, last.unixSeconds >= unixSeconds { return log }
            guard Date() < end else { return log }
            Thread.sleep(forTimeInterval: min(0.2, patienceSeconds))
        }
    }
}
