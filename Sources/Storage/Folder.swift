import Foundation

/// Folders that are there whole or not at all, also after a crash or a power cut.
package enum Folder {
    /// Makes the folder at `path` with what `fill` writes under the temporary path that it receives: built beside `path`,
    /// flushed, then put in place. A folder that was there is replaced; it stays when `fill` throws. Old and new one are exchanged in
    /// one step where the file system can; where it cannot, the old one is away under the name `path.previous-PID` for the time of
    /// two renames, so what must survive any crash goes under a new name.
    package static func replace(_ path: String, filling fill: (String) throws -> Void) throws {
        let temporary = "\(path).partial-\(getpid())"
        try remove(temporary)
        try create(temporary)
        do {
            try fill(temporary)
            flushTree(temporary)
            try put(temporary, at: path)
        } catch {
            try? remove(temporary)
            throw error
        }
        flush(parent(of: path))
    }

    /// Removes the folder at `path` so that no part of it is ever seen under its name.
    package static func discard(_ path: String) throws(FileError) {
        let removed = "\(path).removed-\(getpid())"
        try remove(removed)
        guard rename(path, removed) == 0 || errno == ENOENT else {
            throw .unwritable(path: path, reason: FileError.systemReason())
        }
        try remove(removed)
    }

    /// Removes what writers that are gone left half-done in a folder. For folders that the caller has locked.
    package static func sweep(_ path: String) throws(FileError) {
        for name in names(in: path) where isLeftover(name) { try remove("\(path)/\(name)") }
    }

    /// Names that only half-done files and folders have.
    private static func isLeftover(_ name: String) -> Bool {
        name.hasPrefix(".dat.nosync") || name.wholeMatch(of: /.*\.(partial|previous|removed)-[0-9a-f]+/) != nil
    }

    /// Makes the folder and those above it; an existing one is fine.
    package static func create(_ path: String) throws(FileError) {
        guard !exists(path) else { return }
        let parent = parent(of: path)
        if parent != path { try create(parent) }
        guard mkdir(path, 0o777) != 0 else { return }
        // Read before another call changes it.
        let (code, reason) = (errno, FileError.systemReason())
        guard code != EEXIST || !exists(path) else { return }
        throw .unwritable(path: path, reason: code == EEXIST ? "a file of that name is in the way" : reason)
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

    /// Gives `temporary` the name `path`; a folder that was there is removed when the new one stands.
    private static func put(_ temporary: String, at path: String) throws(FileError) {
        if exchange(temporary, path) { return try remove(temporary) }
        let previous = "\(path).previous-\(getpid())"
        let replaces = rename(path, previous) == 0
        guard rename(temporary, path) == 0 else {
            let reason = FileError.systemReason()
            if replaces { rename(previous, path) }
            throw .unwritable(path: path, reason: reason)
        }
        if replaces { try remove(previous) }
    }

    /// Lets two paths that exist change names in one step.
    ///
    /// - Returns: false where one is absent, or the system or the file system cannot.
    private static func exchange(_ first: String, _ second: String) -> Bool {
        guard let renameat2 else { return false }
        let exchangeFlag: UInt32 = 2
        return renameat2(AT_FDCWD, first, AT_FDCWD, second, exchangeFlag) == 0
    }

    /// Linux's `renameat2`, which Swift's view of the C library leaves out; nil in a C library without it.
    private static let renameat2: RenameAt2? = dlsym(nil, "renameat2").map { symbol in
        // SAFETY: the symbol is the C library's function of that name, whose signature is `RenameAt2`.
        unsafeBitCast(symbol, to: RenameAt2.self)
    }

    private typealias RenameAt2 =
        @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32

    private static func flushTree(_ folder: String) {
        for name in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? [] {
            flush("\(folder)/\(name)")
        }
        flush(folder)
    }
}
