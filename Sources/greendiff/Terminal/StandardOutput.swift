import Foundation
import Storage

/// Standard output for results too large to hold: written as they come, and a failure ends the work at once.
enum StandardOutput {
    /// The reader has gone away, as `head` does when it has its lines.
    struct Closed: Error {}

    /// From here on a reader that goes away is an error of `write`, not the end of the process.
    static func noticeReaderLeaving() { signal(SIGPIPE, SIG_IGN) }

    /// Writes all bytes.
    ///
    /// - Throws: `Closed`, or `FileError.unwritable`.
    static func write(_ bytes: borrowing [UInt8]) throws {
        guard !bytes.withUnsafeBytes({ writeAll($0, to: STDOUT_FILENO) }) else { return }
        if errno == EPIPE { throw Closed() }
        throw FileError.unwritable(path: "standard output", reason: FileError.systemReason())
    }

    /// Keeps descriptors 0 to 2 from becoming files that the program opens, where whoever started it has closed them: what is written to
    /// them must fail.
    static func holdStandardDescriptors() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is this one.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}
