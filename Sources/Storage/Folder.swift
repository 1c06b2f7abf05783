import Foundation

/// Folders that are there whole or not at all, also after a crash or a power cut.
package enum Folder {
    /// Makes the folder at `path` with what `fill` writes under the temporary path that it receives: built beside `path`,
    /// flushed, then renamed. A folder that was there is replaced; it stays when `fill` throws. A new one appears in one step; a
    /// replaced one is away under the name `path.previous-PID` for the time of two renames, so what must survive any crash goes
    /// under a new name.
    package static func replace(_ path: String, filling fill: (String) throws -> Void) throws {
        let temporary = "\(path).partial-\(getpid())"
        try remove(temporary)
        try create(temporary)
        do {
            try fill(temporary)
            flushTree(temporary)
            try exchange(temporary, with: path)
        } catch {
            try? remove(temporary)
            throw error
        }
        flush(parent(of: path))
    }

    /// Makes the folder and those above it; an existing one is fine.
    package static func create(_ path: String) throws(FileError) {
        guard !exists(path) else { return }
        let parent = parent(of: path)
        if parent != path { try create(parent) }
        guard mkdir(path, 0o777) == 0 || (errno == EEXIST && exists(path)) else {
            let reason = errno == EEXIST ? "a file of that name is in the way" : FileError.systemReason()
            throw .unwritable(path: path, reason: reason)
        }
    }

    /// Removes a file or a folder with all it holds; one that is absent is fine.
    package static func remove(_ path: String) throws(FileError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw .unwritable(path: path, reason: FileError.reason(error))
        }
    }

    /// True where a folder, or a link to one, has this path.
    package static func exists(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Names of what the folder holds, sorted; none where there is no such folder.
    package static func names(in path: String) -> [String] { (try? names(listing: path)) ?? [] }

    /// Names of what the folder holds, sorted.
    ///
    /// - Throws: `FileError.unreadable` where there is no such folder, or it may not be read.
    package static func names(listing path: String) throws(FileError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw .unreadable(path: path, reason: FileError.reason(error))
        }
    }

    /// The folder that a path lies in: what comes before its last component, "." for a name alone.
    ///
    /// Foundation's `deletingLastPathComponent` traps for names of one character on Linux.
    package static func parent(of path: String) -> String {
        let bytes = path.utf8
        let end = bytes.lastIndex { $0 != UInt8(ascii: "/") } ?? bytes.startIndex
        guard let slash = bytes[..<end].lastIndex(of: UInt8(ascii: "/")) else {
            return bytes.first == UInt8(ascii: "/") ? "/" : "."
        }
        guard let parentEnd = bytes[..<slash].lastIndex(where: { $0 != UInt8(ascii: "/") }) else { return "/" }
        return String(decoding: bytes[...parentEnd], as: UTF8.self)
    }

    /// Asks the system to bring a file or folder to the disk. Best effort: some file systems refuse it for folders.
    static func flush(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
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

    private static func flushTree(_ folder: String) {
        for name in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? [] {
            flush("\(folder)/\(name)")
        }
        flush(folder)
    }
}
