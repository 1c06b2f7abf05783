import Foundation

/// Keeps other processes of this program out of a folder until it goes; the system frees it also after a crash.
package final class FolderLock {
    private let descriptor: Int32
    /// A holder that ends, or a child that has not yet closed what it inherited, is gone within this time.
    private static let (attempts, pauseMicroseconds) = (40, UInt32(25_000))

    /// - Returns: nil where another process holds the folder and keeps it.
    /// - Throws: `FileError.unreadable` where it cannot be opened.
    package init?(_ path: String) throws(FileError) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: FileError.systemReason()) }
        for attempt in 1...Self.attempts {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            if attempt < Self.attempts { usleep(Self.pauseMicroseconds) }
        }
        close(descriptor)
        return nil
    }

    deinit { close(descriptor) }
}
