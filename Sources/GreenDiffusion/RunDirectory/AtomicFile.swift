import Foundation

/// Files and folders that appear whole or not at all: written beside their place, flushed to the disk, then renamed.
package enum AtomicFile {
    /// Writes `contents` to `path`. After a crash the file holds its old content or the new, never a part.
    package static func write(_ contents: Data, to path: String) throws(FileError) {
        let temporary = "\(path).partial"
        do throws(FileError) {
            try writeFlushed(contents, to: temporary)
            guard rename(temporary, path) == 0 else { throw FileError("write", path) }
        } catch {
            unlink(temporary)
            throw error
        }
        flush(folder(of: path))
    }

    /// Writes UTF-8 text, as `write(_:to:)` does data.
    package static func write(_ text: String, to path: String) throws(FileError) {
        try write(Data(text.utf8), to: path)
    }

    /// Makes the folder `path` whole or not at all: `fill` fills a folder beside it, which then takes its name.
    ///
    /// A folder of that name is replaced. When `fill` throws, what was there stays.
    package static func writeFolder(_ path: String, filling fill: (_ temporary: String) throws -> Void) throws {
        let temporary = "\(path).partial"
        try remove(temporary)
        try createFolder(temporary)
        do {
            try fill(temporary)
            for name in names(in: temporary) { flush("\(temporary)/\(name)") }
            flush(temporary)
            try exchange(temporary, with: path)
        } catch {
            try? remove(temporary)
            throw error
        }
        flush(folder(of: path))
    }

    /// Creates a folder and the folders above it; one that exists is fine.
    package static func createFolder(_ path: String) throws(FileError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FileError("create", path, error)
        }
    }

    /// Removes a file or folder; one that is absent is fine.
    package static func remove(_ path: String) throws(FileError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do { try FileManager.default.removeItem(atPath: path) } catch { throw FileError("remove", path, error) }
    }

    /// The names in a folder, sorted; none where it cannot be read.
    package static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// The whole content of a file.
    package static func read(_ path: String) throws(FileError) -> Data {
        do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch { throw FileError("read", path, error) }
    }

    private static func writeFlushed(_ contents: Data, to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError("write", path) }
        defer { close(descriptor) }
        try writeAll(contents, to: descriptor, path: path)
        guard fsync(descriptor) == 0 else { throw FileError("write", path) }
    }

    /// Writes every byte to an open file, going on after short writes and signals.
    static func writeAll(_ contents: Data, to descriptor: Int32, path: String) throws(FileError) {
        var position = 0
        while position < contents.count {
            // SAFETY: position < count, so the pointer lies inside `contents` and write reads at most count - position bytes.
            let written = contents.withUnsafeBytes { bytes in
                Foundation.write(descriptor, bytes.baseAddress! + position, bytes.count - position)
            }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw FileError("write", path) }
            position += written
        }
    }

    /// Puts `temporary` in the place of `path`; a folder that was there is moved aside first and then removed.
    private static func exchange(_ temporary: String, with path: String) throws(FileError) {
        let old = "\(path).old"
        try remove(old)
        let replaces = FileManager.default.fileExists(atPath: path)
        if replaces, rename(path, old) != 0 { throw FileError("write", path) }
        guard rename(temporary, path) == 0 else {
            let error = FileError("write", path)
            if replaces { rename(old, path) }
            throw error
        }
        try remove(old)
    }

    /// Asks the system to bring a file or folder to the disk. Best effort: some file systems refuse it for folders.
    private static func flush(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }
}
