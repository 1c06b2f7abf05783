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
    /// - Parameters:
    ///   - bytes: what was asked for.
    ///   - wayOut: what takes less.
    package static func stop(bytes: Int, wayOut: String = "use a smaller batch-size or model, or fewer threads") -> Never {
        let line = "greendiff: out of memory: \(bytes) bytes more were refused; \(wayOut)\n"
        fflush(nil)
        _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        // Other threads may be at work: nothing of theirs is torn down.
        _exit(1)
    }

    /// What the allocator and small objects take besides a large array.
    private static let margin = 1 << 20

    /// Ends the program where the system has no `bytes` bytes for an array of Swift's own, which would trap.
    ///
    /// - Parameter wayOut: what takes less; nil for a smaller batch size or model.
    package static func require(bytes: Int, wayOut: String? = nil) {
        guard let memory = malloc(bytes + margin) else {
            if let wayOut { stop(bytes: bytes, wayOut: wayOut) }
            stop(bytes: bytes)
        }
        free(memory)
    }
}
