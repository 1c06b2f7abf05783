import Foundation
import Kernels
import Storage

/// Reads a safetensors file: the header at once, each tensor when asked for.
///
/// Nothing is allocated for a tensor before its type, shape and place are checked against the length of the file.
package final class SafetensorsReader {
    package let path: String
    private let header: SafetensorsHeader
    private let descriptor: Int32
    private let dataOffset: Int

    /// The tensors in the order of their data.
    package var entries: [SafetensorsEntry] { header.entries }
    /// The texts of the header's `__metadata__` by name, in the header's order.
    package var metadata: [(name: String, text: String)] { header.metadata }

    /// Opens `path` and checks its header.
    package init(path: String) throws(CheckpointError) {
        self.path = path
        // A pipe without a writer must not wait for one.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: FileError.systemReason()) }
        do throws(CheckpointError) {
            (header, dataOffset) = try Self.readHeader(descriptor, path: path)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// The entry of that name, nil where there is none.
    package func entry(_ name: String) -> SafetensorsEntry? {
        entries.first { UTF8Name($0.name) == UTF8Name(name) }
    }

    /// The floating-point tensor of `entry` (one of `entries`) as float32, in its own shape.
    package func readFloats(_ entry: SafetensorsEntry) throws(CheckpointError) -> Tensor {
        let tensor = Tensor(shape: entry.shape)
        try readFloats(entry, into: tensor)
        return tensor
    }

    /// Overwrites `tensor`, which has as many elements (precondition), with the floating-point tensor of `entry`.
    package func readFloats(_ entry: SafetensorsEntry, into tensor: Tensor) throws(CheckpointError) {
        precondition(tensor.count == entry.count, "\(entry.name) has \(entry.count) elements, the tensor \(tensor.count)")
        switch entry.type {
        case .float32:
            // SAFETY: `tensor.base` addresses `count` floats, as many bytes as the entry has.
            let bytes = UnsafeMutableRawBufferPointer(start: tensor.base, count: entry.bytes.count)
            try Self.read(descriptor, bytes, at: dataOffset + entry.bytes.lowerBound, path: path)
        case .float16:
            let halves: [UInt16] = try readIntegers(entry)
            for index in halves.indices { tensor.base[index] = Self.float(half: halves[index]) }
        case .bfloat16:
            let halves: [UInt16] = try readIntegers(entry)
            for index in halves.indices { tensor.base[index] = Float(bitPattern: UInt32(halves[index]) << 16) }
        case .float64:
            let patterns: [UInt64] = try readIntegers(entry)
            for index in patterns.indices { tensor.base[index] = Float(Double(bitPattern: patterns[index])) }
        default:
            throw .unsupportedType(path: path, tensor: entry.name, type: entry.type.rawValue, supported: .floats)
        }
    }

    /// The bytes of `entry` (one of `entries`) as they lie in the file.
    package func readBytes(_ entry: SafetensorsEntry) throws(CheckpointError) -> [UInt8] {
        try Self.readElements(descriptor, count: entry.bytes.count, at: dataOffset + entry.bytes.lowerBound, path: path)
    }

    /// The I64 tensor of `entry` (one of `entries`).
    package func readInt64(_ entry: SafetensorsEntry) throws(CheckpointError) -> [Int64] {
        guard entry.type == .int64 else {
            throw .unsupportedType(path: path, tensor: entry.name, type: entry.type.rawValue, supported: .integers)
        }
        return try readIntegers(entry)
    }

    private func readIntegers<Integer: FixedWidthInteger>(
        _ entry: SafetensorsEntry
    ) throws(CheckpointError) -> [Integer] {
        try Self.readElements(descriptor, count: entry.count, at: dataOffset + entry.bytes.lowerBound, path: path)
    }

    private static func readHeader(_ descriptor: Int32, path: String) throws(CheckpointError) -> (SafetensorsHeader, Int) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, reason: FileError.systemReason()) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, reason: "it is no regular file") }
        let fileBytes = Int(status.st_size)
        guard fileBytes >= 8 else {
            throw .malformed(path: path, detail: "\(fileBytes) bytes, fewer than the 8 of a header size")
        }
        let sizeField: [UInt64] = try readElements(descriptor, count: 1, at: 0, path: path)
        let size = UInt64(littleEndian: sizeField[0])
        if fileBytes <= gitLFSPointerLimit {
            let text: [UInt8] = try readElements(descriptor, count: fileBytes, at: 0, path: path)
            guard !isGitLFSPointer(text) else { throw .gitLFSPointer(path: path) }
        }
        guard size <= SafetensorsHeader.byteLimit else {
            throw .headerTooLarge(path: path, bytes: size, limit: SafetensorsHeader.byteLimit)
        }
        let end = 8 + Int(size)
        guard end <= fileBytes else {
            throw .truncated(path: path, tensor: "(header)", endsAt: end, available: fileBytes)
        }
        let text: [UInt8] = try readElements(descriptor, count: Int(size), at: 8, path: path)
        return (try SafetensorsHeader(parsing: text, dataBytes: fileBytes - end, path: path), end)
    }

    private static func readElements<Element: FixedWidthInteger>(
        _ descriptor: Int32, count: Int, at offset: Int, path: String
    ) throws(CheckpointError) -> [Element] {
        OutOfMemory.require(bytes: count * MemoryLayout<Element>.stride)
        var elements = [Element](repeating: 0, count: count)
        let result = elements.withUnsafeMutableBytes { bytes in
            Result { () throws(CheckpointError) in try read(descriptor, bytes, at: offset, path: path) }
        }
        try result.get()
        return elements
    }

    private static func read(
        _ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer, at offset: Int, path: String
    ) throws(CheckpointError) {
        var done = 0
        while done < bytes.count {
            let got = pread(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw .unreadable(path: path, reason: FileError.systemReason()) }
            guard got > 0 else {
                throw .malformed(path: path, detail: "it ends at byte \(offset + done) while it is being read")
            }
            done += got
        }
    }

    /// The number whose IEEE 754 binary16 bits are `half`.
    private static func float(half: UInt16) -> Float {
        let sign: Float = half & 0x8000 == 0 ? 1 : -1
        let exponent = Int(half >> 10 & 0x1F)
        let fraction = Float(half & 0x3FF) * 0x1p-10
        switch exponent {
        case 0: return sign * fraction * 0x1p-14
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * (1 + fraction) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }
}
