#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What a program does where the system has no memory left: it says so in one line and ends with status 1.
///
/// Nothing can be undone at that point. Files appear whole or not at all, so what was finished before stays as it is.
package enum OutOfMemory {
    /// Ends the program.
    ///
    /// - Parameter bytes: what was asked for.
    package static func stop(bytes: Int) -> Never {
        let line =
            "greendiff: out of memory: \(bytes) bytes more were refused; use a smaller batch-size or model, or fewer threads\n"
        fflush(nil)
        _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        // Other threads may be at work: nothing of theirs is torn down.
        _exit(1)
    }

    /// Ends the program where the system has no `bytes` bytes for an array of Swift's own, which would trap.
    package static func require(bytes: Int) {
        guard let memory = malloc(max(bytes, 1)) else { stop(bytes: bytes) }
        free(memory)
    }
}
