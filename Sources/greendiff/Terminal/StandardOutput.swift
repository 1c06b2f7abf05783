import Foundation
import Storage

/// Standard output for results too large to hold: written as they come, and a failure ends the work at once.
enum StandardOutput {
    /// Writes all bytes. A reader that goes away, as `head` does, ends the process as it ends others in a pipe.
    static func write(_ bytes: borrowing [UInt8]) throws(FileError) {
        guard !bytes.withUnsafeBytes({ writeAll($0, to: STDOUT_FILENO) }) else { return }
        throw .unwritable(path: "standard output", reason: FileError.systemReason())
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
