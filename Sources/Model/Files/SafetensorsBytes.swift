import Foundation
import Kernels
import Storage

/// The bytes of a safetensors file: in an open file, or in memory.
final class SafetensorsBytes {
    private enum Place {
        case file(descriptor: Int32)
        case memory([UInt8])
    }

    /// Of the file, or what messages call bytes in memory.
    let path: String
    /// How many there are.
    let count: Int
    private let place: Place

    init(_ bytes: [UInt8], name: String) { (path, count, place) = (name, bytes.count, .memory(bytes)) }

    /// Opens a regular file.
    init(path: String) throws(CheckpointError) {
        // A pipe without a writer must not wait for one.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: FileError.systemReason()) }
        var status = stat()
        let isKnown = fstat(descriptor, &status) == 0
        guard isKnown, status.st_mode & S_IFMT == S_IFREG else {
            let reason = isKnown ? "it is no regular file" : FileError.systemReason()
            close(descriptor)
            throw .unreadable(path: path, reason: reason)
        }
        (self.path, count, place) = (path, Int(status.st_size), .file(descriptor: descriptor))
    }

    deinit { if case .file(let descriptor) = place { close(descriptor) } }

    /// `count` elements that begin at byte `offset`, as they lie there.
    func elements<Element: FixedWidthInteger>(count: Int, at offset: Int) throws(CheckpointError) -> [Element] {
        OutOfMemory.require(bytes: count * MemoryLayout<Element>.stride)
        var elements = [Element](repeating: 0, count: count)
        let result = elements.withUnsafeMutableBytes { bytes in
            Result { () throws(CheckpointError) in try read(into: bytes, at: offset) }
        }
        try result.get()
        return elements
    }

    /// Overwrites `target` with the bytes from `offset` on, which lie inside (precondition).
    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) throws(CheckpointError) {
        precondition(offset >= 0 && target.count <= count - offset, "bytes \(offset)... of \(count)")
        switch place {
        case .memory(let bytes): target.copyBytes(from: bytes[offset..<offset + target.count])
        case .file(let descriptor):
            var done = 0
            while done < target.count {
                let got = pread(descriptor, target.baseAddress.map { $0 + done }, target.count - done, off_t(offset + done))
                if got < 0 && errno == EINTR { continue }
                guard got >= 0 else { throw .unreadable(path: path, reason: FileError.systemReason()) }
                guard got > 0 else {
                    throw .malformed(path: path, detail: "it ends at byte \(offset + done) while it is being read")
                }
                done += got
            }
        }
    }
}
