import Foundation
import GreenDiffusion
import Storage

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
        guard !bytes.withUnsafeBytes({ writeAll($0, to: STDOUT_FILENO) }) else { return }
        if errno == EPIPE { throw Closed() }
        throw FileError.unwritable(path: "standard output", reason: FileError.systemReason())
    }
}
