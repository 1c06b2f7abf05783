import Foundation
import Kernels
import Storage

/// A tensor to write: name, shape and elements.
package struct NamedTensor {
    package enum Elements {
        case float32(Tensor)
        case int64([Int64])
        /// So many float32 elements, made when they are written, one tensor at a time.
        case decoded(count: Int, () -> Tensor)
        /// Elements of any type as they lie in a file.
        case bytes(ArraySlice<UInt8>, ElementType)
    }

    package let name: String
    package let shape: [Int]
    package let elements: Elements

    /// A float32 tensor in its own shape.
    package init(_ name: String, _ tensor: Tensor) { self.init(name, shape: tensor.shape, .float32(tensor)) }

    /// Elements under a shape of as many (precondition).
    package init(_ name: String, shape: [Int], _ elements: Elements) {
        (self.name, self.shape, self.elements) = (name, shape, elements)
        precondition(shape.reduce(1, *) * type.bits == 8 * byteCount, "\(name): shape \(shape) and elements disagree")
    }

    fileprivate var byteCount: Int {
        switch elements {
        case .float32(let tensor): tensor.count * 4
        case .int64(let values): values.count * 8
        case .decoded(let count, _): count * 4
        case .bytes(let bytes, _): bytes.count
        }
    }

    fileprivate var type: ElementType {
        switch elements {
        case .float32, .decoded: .float32
        case .int64: .int64
        case .bytes(_, let type): type
        }
    }
}

/// The `__metadata__` of a file whose maker has said nothing: PyTorch's loaders want it.
package let defaultTensorMetadata: [(name: String, text: String)] = [("format", "pt")]

/// Writes `tensors` in the given order as one safetensors file, which appears complete or not at all.
///
/// - Parameters:
///   - metadata: the header's `__metadata__`, left out where it is empty.
/// - Throws: `FileError.invalid` for names that a header cannot hold: one that occurs twice, or `__metadata__`; and for a header above
///   the format's limit.
package func writeSafetensors(
    _ tensors: [NamedTensor], to path: String, metadata: [(name: String, text: String)] = defaultTensorMetadata
) throws(FileError) {
    let header = try safetensorsHeader(tensors, path: path, metadata: metadata)
    let file = try AtomicFile(path: path)
    try file.write(elements: header)
    for tensor in tensors {
        switch tensor.elements {
        case .float32(let values): try write(values, to: file)
        case .decoded(_, let make): try write(make(), to: file)
        case .int64(let values): try file.write(elements: values)
        case .bytes(let bytes, _): try file.write(elements: bytes)
        }
    }
    try file.commit()
}

private func write(_ values: Tensor, to file: borrowing AtomicFile) throws(FileError) {
    // SAFETY: `base` addresses `count` floats, alive as long as `values`.
    try file.write(UnsafeRawBufferPointer(start: values.base, count: 4 * values.count))
}

/// The bytes of the file that `writeSafetensors` would write; errors call it `name`.
package func safetensorsBytes(
    _ tensors: [NamedTensor], name: String, metadata: [(name: String, text: String)] = defaultTensorMetadata
) throws(FileError) -> [UInt8] {
    var bytes = try safetensorsHeader(tensors, path: name, metadata: metadata)
    let total = tensors.reduce(bytes.count) { $0 + $1.byteCount }
    OutOfMemory.require(bytes: total)
    bytes.reserveCapacity(total)
    for tensor in tensors {
        switch tensor.elements {
        case .float32(let values): append(values, to: &bytes)
        case .decoded(_, let make): append(make(), to: &bytes)
        case .int64(let values): values.withUnsafeBytes { bytes += $0 }
        case .bytes(let elements, _): bytes += elements
        }
    }
    return bytes
}

private func append(_ values: Tensor, to bytes: inout [UInt8]) {
    // SAFETY: `base` addresses `count` floats, alive as long as `values`.
    bytes += UnsafeRawBufferPointer(start: values.base, count: 4 * values.count)
}

/// What stands before the tensors: the size of the header's JSON text, then that text: names in the order of their bytes, spaces behind it
/// to a multiple of 8 bytes.
private func safetensorsHeader(
    _ tensors: [NamedTensor], path: String, metadata: [(name: String, text: String)]
) throws(FileError) -> [UInt8] {
    var entries: [(name: UTF8Name, text: TextBytes)] = []
    if !metadata.isEmpty { entries.append((UTF8Name(SafetensorsHeader.metadataName), metadataText(metadata))) }
    var offset = 0
    for tensor in tensors {
        let end = offset + tensor.byteCount
        var text = TextBytes()
        text.append(text: "{\"data_offsets\":[\(offset),\(end)],\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[")
        text.append(text: tensor.shape.map(String.init).joined(separator: ","))
        text.append("]}")
        entries.append((UTF8Name(tensor.name), text))
        offset = end
    }
    if tensors.contains(where: { $0.name == SafetensorsHeader.metadataName }) {
        throw .invalid(
            path: path,
            reason:
                "a tensor is called \(SafetensorsHeader.metadataName), the name of the header's notes in a safetensors file; rename the tensor"
        )
    }
    entries.sort { $0.name < $1.name }
    for (first, second) in zip(entries, entries.dropFirst()) where first.name == second.name {
        throw .invalid(path: path, reason: "two tensors are called \(first.name.text); rename one of them")
    }
    var header = TextBytes()
    header.append("{")
    for (index, entry) in entries.enumerated() {
        if index > 0 { header.append(",") }
        header.append(quoted: entry.name.text)
        header.append(":")
        header.append(entry.text)
    }
    header.append("}")
    let text = header.bytes + [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.bytes.count % 8) % 8)
    guard text.count <= SafetensorsHeader.byteLimit else {
        throw .invalid(
            path: path,
            reason: "its header would have \(text.count) bytes, a safetensors file's has at most \(SafetensorsHeader.byteLimit)")
    }
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
}

private func metadataText(_ metadata: [(name: String, text: String)]) -> TextBytes {
    var text = TextBytes()
    text.append("{")
    for (index, field) in metadata.sorted(by: { UTF8Name($0.name) < UTF8Name($1.name) }).enumerated() {
        if index > 0 { text.append(",") }
        text.append(quoted: field.name)
        text.append(":")
        text.append(quoted: field.text)
    }
    text.append("}")
    return text
}
