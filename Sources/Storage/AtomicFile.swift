import Foundation

/// A file that appears under its name complete or not at all: written beside its place, flushed to the disk, then renamed.
///
/// Dropping it before `commit` removes what was written and leaves an older file of that name as it was.
package struct AtomicFile: ~Copyable {
    private let path: String
    private let temporaryPath: String
    private var descriptor: Int32

    /// Opens a temporary file in the folder of `path`.
    ///
    /// - Throws: `FileError.unwritable` also for a place that a file cannot take (`requireReplaceable`).
    package init(path: String) throws(FileError) {
        (self.path, temporaryPath, descriptor) = (path, "\(path).partial-\(getpid())", -1)
        try Self.requireReplaceable(path)
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw .unwritable(path: path, reason: FileError.systemReason()) }
    }

    /// Appends `bytes`.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        guard writeAll(bytes, to: descriptor) else { throw .unwritable(path: path, reason: FileError.systemReason()) }
    }

    /// Appends the UTF-8 bytes of `text`.
    package func write(_ text: String) throws(FileError) { try write(elements: Array(text.utf8)) }

    /// Appends the bytes of `elements` as they lie in memory.
    package func write<Element: BitwiseCopyable>(elements: [Element]) throws(FileError) {
        let result = elements.withUnsafeBytes { bytes in Result { () throws(FileError) in try write(bytes) } }
        try result.get()
    }

    /// Flushes the bytes to the disk and gives the file its name.
    package consuming func commit() throws(FileError) {
        guard fsync(descriptor) == 0, close(takeDescriptor()) == 0, rename(temporaryPath, path) == 0 else {
            throw .unwritable(path: path, reason: FileError.systemReason())
        }
        Folder.flush(Folder.parent(of: path))
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
    /// replace). Commands ask this before work that takes long.
    package static func requireReplaceable(_ path: String) throws(FileError) {
        let folder = Folder.parent(of: path)
        guard Folder.exists(folder) else { throw .unwritable(path: path, reason: "there is no folder \(folder)") }
        guard access(folder, W_OK) == 0 else { throw .unwritable(path: path, reason: FileError.systemReason()) }
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        switch status.st_mode & S_IFMT {
        case S_IFREG, S_IFLNK: return
        case S_IFDIR: throw .unwritable(path: path, reason: "it is a folder")
        default: throw .unwritable(path: path, reason: "it is a device or a pipe, not a file")
        }
    }

    private mutating func takeDescriptor() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        unlink(temporaryPath)
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
