import Foundation

/// Keeps other processes of this program out of a folder until it goes; the system frees it also after a crash.
package final class FolderLock {
    private let descriptor: Int32

    /// - Returns: nil where another process holds the folder.
    /// - Throws: `FileError.unreadable` where it cannot be opened.
    package init?(_ path: String) throws(FileError) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: FileError.systemReason()) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }
}
