import Foundation
import GreenDiffusion

/// Standard output for results too large to hold: written as they come.
struct StandardOutput {
    /// The reader has gone away, as `head` does when it has its lines.
    struct Closed: Error {}

    /// From here on a reader that goes away is an error of `write`, not the end of the process.
    init() { signal(SIGPIPE, SIG_IGN) }

    /// Writes all bytes.
    ///
    /// - Throws: `Closed`, or `FileError.unwritable`.
    func write(_ bytes: borrowing [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            // SAFETY: `written < buffer.count` in the loop, so pointer and length stay inside `buffer`.
            var written = 0
            while written < buffer.count {
                let count = Foundation.write(STDOUT_FILENO, buffer.baseAddress! + written, buffer.count - written)
                if count < 0 && errno == EINTR { continue }
                if count < 0 && errno == EPIPE { throw Closed() }
                guard count > 0 else {
                    throw FileError.unwritable(path: "standard output", reason: String(cString: strerror(errno)))
                }
                written += count
            }
        }
    }
}
