import Foundation
import Kernels
import Storage

/// Reads a safetensors file, or one in memory: the header at once, each tensor when asked for.
///
/// Nothing is allocated for a tensor before its type, shape and place are checked against the length of the file.
package final class SafetensorsReader {
    /// Of the file, or what messages call bytes in memory.
    package var path: String { file.path }
    private let header: SafetensorsHeader
    private let file: SafetensorsBytes
    private let dataOffset: Int

    /// The tensors in the order of their data.
    package var entries: [SafetensorsEntry] { header.entries }
    /// The texts of the header's `__metadata__` by name, in the header's order.
    package var metadata: [(name: String, text: String)] { header.metadata }

    /// Opens `path` and checks its header.
    package convenience init(path: String) throws(CheckpointError) { try self.init(SafetensorsBytes(path: path)) }

    /// Checks the header of a file that is in memory; messages call it `name`.
    package convenience init(_ bytes: [UInt8], name: String) throws(CheckpointError) {
        try self.init(SafetensorsBytes(bytes, name: name))
    }

    private init(_ file: SafetensorsBytes) throws(CheckpointError) {
        (header, dataOffset) = try Self.readHeader(file)
        self.file = file
    }

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
            try file.read(into: bytes, at: dataOffset + entry.bytes.lowerBound)
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
        try file.elements(count: entry.bytes.count, at: dataOffset + entry.bytes.lowerBound)
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
        try file.elements(count: entry.count, at: dataOffset + entry.bytes.lowerBound)
    }

    private static func readHeader(_ file: SafetensorsBytes) throws(CheckpointError) -> (SafetensorsHeader, Int) {
        let (path, fileBytes) = (file.path, file.count)
        guard fileBytes >= 8 else {
            throw .malformed(path: path, detail: "\(fileBytes) bytes, fewer than the 8 of a header size")
        }
        let sizeField: [UInt64] = try file.elements(count: 1, at: 0)
        let size = UInt64(littleEndian: sizeField[0])
        if fileBytes <= gitLFSPointerLimit {
            guard !isGitLFSPointer(try file.elements(count: fileBytes, at: 0)) else { throw .gitLFSPointer(path: path) }
        }
        guard size <= SafetensorsHeader.byteLimit else {
            throw .headerTooLarge(path: path, bytes: size, limit: SafetensorsHeader.byteLimit)
        }
        let end = 8 + Int(size)
        guard end <= fileBytes else {
            throw .truncated(path: path, tensor: "(header)", endsAt: end, available: fileBytes)
        }
        let text: [UInt8] = try file.elements(count: Int(size), at: 8)
        return (try SafetensorsHeader(parsing: text, dataBytes: fileBytes - end, path: path), end)
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
