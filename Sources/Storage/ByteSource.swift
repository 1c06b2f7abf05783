import Foundation

/// The bytes of a file, or those that are in memory, a window at a time: what has been used up makes room for what follows.
package struct ByteSource: ~Copyable {
    package let path: String
    /// -1 for bytes in memory.
    private let descriptor: Int32
    private var memory: [UInt8] = []
    /// How many bytes of the memory have been in the window.
    private var position = 0
    /// The window; bytes before `start` are used up.
    package private(set) var window: [UInt8] = []
    package private(set) var start = 0
    package private(set) var isAtEnd = false
    /// Line of the first byte that is not used up, from 1.
    package private(set) var line = 1

    package static let standardInput = "-"
    private static let chunk = 1 << 20
    /// No device takes more; a file without line ends or brackets must not fill the memory.
    private static let longest = 1 << 26

    /// Opens the file at `path`, or standard input where it is `-`. What cannot be read twice (a pipe) is first copied to a temporary file
    /// without a name, so that every source can be read again from its start.
    ///
    /// - Throws: `FileError.missing` or `.unreadable`.
    package init(path: String) throws(FileError) {
        descriptor = try Self.opened(path)
        self.path = path == Self.standardInput ? "standard input" : path
    }

    /// Bytes that are here already; messages call them `name`.
    package init(_ bytes: [UInt8], name: String) { (descriptor, memory, path) = (-1, bytes, name) }

    private static func opened(_ path: String) throws(FileError) -> Int32 {
        let opened = path == standardInput ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else {
            throw errno == ENOENT ? .missing(path: path) : .unreadable(path: path, reason: FileError.systemReason())
        }
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            close(opened)
            throw .unreadable(path: path, reason: "it is a folder")
        }
        if status.st_mode & S_IFMT == S_IFREG, lseek(opened, 0, SEEK_CUR) == 0 { return opened }
        defer { close(opened) }
        return try spooled(opened, path: path)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Starts again at the first byte.
    package mutating func rewind() throws(FileError) {
        guard descriptor < 0 || lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw .unreadable(path: path, reason: FileError.systemReason())
        }
        window.removeAll(keepingCapacity: true)
        (start, line, isAtEnd, position) = (0, 1, false, 0)
    }

    /// Uses up the first `count` bytes.
    package mutating func consume(_ count: Int) {
        for byte in window[start..<start + count] where byte == UInt8(ascii: "\n") { line += 1 }
        start += count
    }

    /// Reads further bytes behind those that are not used up; none are left where `isAtEnd` is true afterwards.
    package mutating func refill() throws(FileError) {
        window.removeSubrange(..<start)
        start = 0
        let held = window.count
        guard held <= Self.longest else {
            throw .invalid(
                path: path, reason: "line \(line) starts a device of more than \(Self.longest >> 20) MiB; is it a device file?")
        }
        // As much again as is held: what is read anew for every window stays within twice the whole.
        let room = max(Self.chunk, held)
        if descriptor < 0 {
            let next = memory[position..<min(position + room, memory.count)]
            window += next
            (position, isAtEnd) = (next.endIndex, next.isEmpty)
            return
        }
        var failure: String?
        window += [UInt8](repeating: 0, count: room)
        let descriptor = descriptor
        let count = window.withUnsafeMutableBytes { buffer -> Int in
            guard let start = buffer.baseAddress else { preconditionFailure("the window is empty") }
            // SAFETY: `held + room` bytes are there.
            while true {
                let count = read(descriptor, start + held, room)
                if count >= 0 { return count }
                if errno != EINTR {
                    failure = FileError.systemReason()
                    return 0
                }
            }
        }
        window.removeLast(room - count)
        if let failure { throw .unreadable(path: path, reason: failure) }
        isAtEnd = count == 0
    }

    /// A copy of what `source` holds, in a file that is gone when it is closed.
    private static func spooled(_ source: Int32, path: String) throws(FileError) -> Int32 {
        let folder = FileManager.default.temporaryDirectory.path
        var name = Array("\(folder)/greendiff-plan-XXXXXX".utf8CString)
        let copy = mkstemp(&name)
        guard copy >= 0 else { throw .unwritable(path: folder, reason: FileError.systemReason()) }
        unlink(name)
        do {
            var buffer = [UInt8](repeating: 0, count: chunk)
            while true {
                let count = read(source, &buffer, chunk)
                if count == 0 { break }
                if count < 0 {
                    if errno == EINTR { continue }
                    throw FileError.unreadable(path: path, reason: FileError.systemReason())
                }
                guard buffer.withUnsafeBytes({ writeAll(UnsafeRawBufferPointer(rebasing: $0[..<count]), to: copy) }) else {
                    throw FileError.unwritable(path: folder, reason: FileError.systemReason())
                }
            }
        } catch {
            close(copy)
            throw error as? FileError ?? .unreadable(path: path, reason: "\(error)")
        }
        lseek(copy, 0, SEEK_SET)
        return copy
    }
}
