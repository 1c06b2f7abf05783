import Foundation

/// A file that appears under its name complete or not at all: written beside its place, flushed to disk, then renamed.
///
/// Dropping it before `commit` removes what was written and leaves an older file of that name as it was.
struct AtomicFile: ~Copyable {
    private let path: String
    private let temporaryPath: String
    private var descriptor: Int32

    /// Opens a temporary file in the folder of `path`, which must exist.
    init(path: String) throws(CheckpointError) {
        self.path = path
        temporaryPath = "\(path).\(getpid()).partial"
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw Self.failure(path) }
    }

    /// Appends `bytes`.
    func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw Self.failure(path) }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    /// Appends the UTF-8 bytes of `text`.
    func write(_ text: String) throws(CheckpointError) {
        try write(elements: Array(text.utf8))
    }

    /// Appends the bytes of `elements` as they lie in memory.
    func write<Element: BitwiseCopyable>(elements: [Element]) throws(CheckpointError) {
        let result = elements.withUnsafeBytes { bytes in Result { () throws(CheckpointError) in try write(bytes) } }
        try result.get()
    }

    /// Flushes the bytes to disk and gives the file its name.
    consuming func commit() throws(CheckpointError) {
        guard fsync(descriptor) == 0, close(takeDescriptor()) == 0, rename(temporaryPath, path) == 0 else {
            throw Self.failure(path)
        }
        let folder = open(parentFolder(of: path), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// Writes one whole file.
    static func write(_ text: String, to path: String) throws(CheckpointError) {
        let file = try AtomicFile(path: path)
        try file.write(text)
        try file.commit()
    }

    private mutating func takeDescriptor() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    private static func failure(_ path: String) -> CheckpointError {
        .unwritable(path: path, reason: String(cString: strerror(errno)))
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        unlink(temporaryPath)
    }
}
