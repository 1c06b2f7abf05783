import Foundation
import Model

/// Files and directories that are there whole or not at all, also after a crash or a power cut.
public enum AtomicFiles {
    /// Replaces the file at `path` with `contents`: written beside it, flushed to the disk, then renamed over it.
    public static func write(_ contents: Data, to path: String) throws(FileError) {
        try requireReplaceable(path)
        let temporary = "\(path).partial-\(getpid())"
        do {
            try writeFlushed(contents, to: temporary)
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let reason = FileError.systemReason()
            unlink(temporary)
            throw .unwritable(path: path, reason: reason)
        }
        flush(parentFolder(of: path))
    }

    /// Refuses a place that a file cannot take: in no folder or a read-only one, a folder, a device or a pipe (which a rename would
    /// replace). Commands ask this before work that takes long.
    static func requireReplaceable(_ path: String) throws(FileError) {
        let folder = parentFolder(of: path)
        guard isDirectory(folder) else { throw .unwritable(path: path, reason: "there is no folder \(folder)") }
        guard access(folder, W_OK) == 0 else { throw .unwritable(path: path, reason: FileError.systemReason()) }
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        switch status.st_mode & S_IFMT {
        case S_IFREG, S_IFLNK: return
        case S_IFDIR: throw .unwritable(path: path, reason: "it is a folder")
        default: throw .unwritable(path: path, reason: "it is a device or a pipe, not a file")
        }
    }

    /// Makes the directory at `path` with what `fill` writes under the temporary path that it receives: built beside `path`,
    /// flushed, then renamed. A directory that was there is replaced; it stays when `fill` throws. A new one appears in one step; a
    /// replaced one is away under the name `path.previous-PID` for the time of two renames, so what must survive any crash goes
    /// under a new name.
    public static func replaceDirectory(_ path: String, filling fill: (String) throws -> Void) throws {
        let temporary = "\(path).partial-\(getpid())"
        try remove(temporary)
        try createDirectory(temporary)
        do {
            try fill(temporary)
            flushTree(temporary)
            try exchange(temporary, with: path)
        } catch {
            try? remove(temporary)
            throw error
        }
        flush(parentFolder(of: path))
    }

    /// Makes the directory and those above it; an existing one is fine.
    public static func createDirectory(_ path: String) throws(FileError) {
        guard !isDirectory(path) else { return }
        let parent = parentFolder(of: path)
        if parent != path { try createDirectory(parent) }
        guard mkdir(path, 0o777) == 0 || (errno == EEXIST && isDirectory(path)) else {
            let reason = errno == EEXIST ? "a file of that name is in the way" : FileError.systemReason()
            throw .unwritable(path: path, reason: reason)
        }
    }

    /// Removes a file or a directory with all it holds; one that is absent is fine.
    public static func remove(_ path: String) throws(FileError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw .unwritable(path: path, reason: FileError.reason(error))
        }
    }

    private static func writeFlushed(_ contents: Data, to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: FileError.systemReason()) }
        defer { close(descriptor) }
        let complete = contents.withUnsafeBytes { bytes in
            // SAFETY: `written < bytes.count` in the loop, so pointer and length stay inside `bytes`.
            var written = 0
            while written < bytes.count {
                let count = Foundation.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                written += count
            }
            return true
        }
        guard complete, fsync(descriptor) == 0 else { throw .unwritable(path: path, reason: FileError.systemReason()) }
    }

    /// Puts `temporary` in the place of `path`; what was there is moved aside, and removed when the new one stands.
    private static func exchange(_ temporary: String, with path: String) throws(FileError) {
        let previous = "\(path).previous-\(getpid())"
        let replaces = rename(path, previous) == 0
        guard rename(temporary, path) == 0 else {
            let reason = FileError.systemReason()
            if replaces { rename(previous, path) }
            throw .unwritable(path: path, reason: reason)
        }
        if replaces { try remove(previous) }
    }

    private static func flushTree(_ directory: String) {
        for name in FileManager.default.enumerator(atPath: directory)?.compactMap({ $0 as? String }) ?? [] {
            flush("\(directory)/\(name)")
        }
        flush(directory)
    }

    /// Asks the system to bring a file or directory to the disk. Best effort: some file systems refuse it for directories.
    private static func flush(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}
