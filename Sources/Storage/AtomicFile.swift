import Foundation

/// A file that appears under its name complete or not at all: written beside its place, flushed to the disk, then renamed.
///
/// Dropping it before `commit` removes what was written and leaves an older file of that name as it was. Where `path` is a link, the
/// file that it names is written and the link stays. An older file keeps its mode, and its owner where the process may set it.
package struct AtomicFile: ~Copyable {
    private let path: String
    private let target: String
    private let temporaryPath: String
    private var descriptor: Int32

    /// What names of temporary files begin with; the rest is random. Its writer holds a lock on such a file (`sweep`).
    private static let temporaryPrefix = ".greendiff.partial-"
    private static let accessBits: mode_t = 0o777

    /// Opens a temporary file in the folder of the file that `path` names.
    ///
    /// - Throws: `FileError.unwritable` also for a place that a file cannot take (`requireReplaceable`).
    package init(path: String) throws(FileError) {
        let target = try Self.replaceableTarget(of: path)
        var older = stat()
        let replaces = stat(target, &older) == 0
        let mode = older.st_mode & Self.accessBits
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        let temporaryPath = "\(Folder.parent(of: target))/\(Self.temporaryPrefix)\(random)"
        // O_EXCL: what somebody else put there, a link for example, is never opened.
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = open(temporaryPath, flags, replaces ? mode : 0o666)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: FileError.systemReason()) }
        flock(descriptor, LOCK_EX | LOCK_NB)
        if replaces {
            _ = fchown(descriptor, older.st_uid, older.st_gid)
            _ = fchmod(descriptor, mode)
        }
        (self.path, self.target, self.temporaryPath, self.descriptor) = (path, target, temporaryPath, descriptor)
    }

    /// Appends `bytes`.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        guard writeAll(bytes, to: descriptor) else { throw .unwritable(path: path, reason: FileError.systemReason()) }
    }

    /// Appends the UTF-8 bytes of `text`.
    package func write(_ text: String) throws(FileError) { try write(elements: Array(text.utf8)) }

    /// Appends the bytes of `elements` as they lie in memory.
    package func write<Element: BitwiseCopyable>(elements: [Element]) throws(FileError) { try write(elements: elements[...]) }

    /// Appends the bytes of `elements` as they lie in memory.
    package func write<Element: BitwiseCopyable>(elements: ArraySlice<Element>) throws(FileError) {
        let result = elements.withUnsafeBytes { bytes in Result { () throws(FileError) in try write(bytes) } }
        try result.get()
    }

    /// Flushes the bytes to the disk and gives the file its name.
    package consuming func commit() throws(FileError) {
        guard fsync(descriptor) == 0, rename(temporaryPath, target) == 0, close(takeDescriptor()) == 0 else {
            throw .unwritable(path: path, reason: FileError.systemReason())
        }
        Folder.flush(Folder.parent(of: target))
    }

    /// Writes one whole file.
    package static func write(_ text: String, to path: String) throws(FileError) {
        try write(Array(text.utf8), to: path)
    }

    /// Writes one whole file.
    package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        let file = try AtomicFile(path: path)
        try file.write(elements: bytes)
        try file.commit()
    }

    /// Refuses a place that a file cannot take: in no folder or a read-only one, a folder, a device or a pipe (which a rename would
    /// replace), or one of the files that it is made from. Commands ask this before work that takes long; what a killed process left
    /// beside the place is removed.
    ///
    /// - Parameter inputs: files that are read for it.
    package static func requireReplaceable(_ path: String, madeFrom inputs: [String] = []) throws(FileError) {
        let target = try replaceableTarget(of: path)
        var output = stat()
        if stat(target, &output) == 0 {
            for input in inputs {
                var status = stat()
                guard stat(input, &status) == 0, status.st_dev == output.st_dev, status.st_ino == output.st_ino else { continue }
                throw .unwritable(path: path, reason: "it is the file that is read")
            }
        }
        sweep(Folder.parent(of: target))
    }

    /// Removes the temporary files of processes that have ended from a folder.
    package static func sweep(_ folder: String) {
        for name in Folder.names(in: folder) where name.hasPrefix(temporaryPrefix) {
            let descriptor = open("\(folder)/\(name)", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink("\(folder)/\(name)") }
            close(descriptor)
        }
    }

    /// The path of the file to write for `path`: behind all links, also where the last of them names nothing yet.
    private static func replaceableTarget(of path: String) throws(FileError) -> String {
        guard path != "-" else { throw .unwritable(path: path, reason: "- is no file here, ./- would be") }
        var target = path
        var status = stat()
        var links = 0
        while lstat(target, &status) == 0, status.st_mode & S_IFMT == S_IFLNK {
            links += 1
            guard links <= 40, let next = try? FileManager.default.destinationOfSymbolicLink(atPath: target) else {
                throw .unwritable(path: path, reason: "its links lead nowhere")
            }
            target = next.hasPrefix("/") ? next : "\(Folder.parent(of: target))/\(next)"
        }
        let folder = Folder.parent(of: target)
        guard Folder.exists(folder) else { throw .unwritable(path: path, reason: "there is no folder \(folder)") }
        guard access(folder, W_OK) == 0 else { throw .unwritable(path: path, reason: FileError.systemReason()) }
        guard lstat(target, &status) == 0 else { return target }
        switch status.st_mode & S_IFMT {
        case S_IFREG where access(target, W_OK) != 0: throw .unwritable(path: path, reason: FileError.systemReason())
        case S_IFREG: return target
        case S_IFDIR: throw .unwritable(path: path, reason: "it is a folder")
        default: throw .unwritable(path: path, reason: "it is a device or a pipe, not a file")
        }
    }

    private mutating func takeDescriptor() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    deinit {
        guard descriptor >= 0 else { return }
        unlink(temporaryPath)
        close(descriptor)
    }
}

/// Writes all `bytes`, however the system cuts them.
///
/// - Returns: false where the system refuses; `errno` says why.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
        let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return false }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
    return true
}
