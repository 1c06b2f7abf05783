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
    }

    package let name: String
    package let shape: [Int]
    package let elements: Elements

    /// A float32 tensor in its own shape.
    package init(_ name: String, _ tensor: Tensor) { self.init(name, shape: tensor.shape, .float32(tensor)) }

    /// Elements under a shape of as many (precondition).
    package init(_ name: String, shape: [Int], _ elements: Elements) {
        (self.name, self.shape, self.elements) = (name, shape, elements)
        precondition(shape.reduce(1, *) == byteCount / elementBytes, "\(name): shape \(shape) and elements disagree")
    }

    private var elementBytes: Int {
        switch elements {
        case .float32, .decoded: 4
        case .int64: 8
        }
    }

    fileprivate var byteCount: Int {
        switch elements {
        case .float32(let tensor): tensor.count * 4
        case .int64(let values): values.count * 8
        case .decoded(let count, _): count * 4
        }
    }

    fileprivate var typeName: String {
        switch elements {
        case .float32, .decoded: SafetensorsEntry.ElementType.float32.rawValue
        case .int64: SafetensorsEntry.ElementType.int64.rawValue
        }
    }
}

/// Writes `tensors` in the given order as one safetensors file, which appears complete or not at all.
///
/// - Parameters:
///   - metadata: the header's `__metadata__`; PyTorch's loader wants `format: pt`.
package func writeSafetensors(
    _ tensors: [NamedTensor], to path: String, metadata: [String: String] = ["format": "pt"]
) throws(FileError) {
    var header: [String: JSONValue] = ["__metadata__": .object(metadata.mapValues(JSONValue.string))]
    var offset = 0
    for tensor in tensors {
        let range = [offset, offset + tensor.byteCount]
        guard header[tensor.name] == nil else {
            throw .invalid(path: path, reason: "a safetensors file cannot hold two entries called \(tensor.name)")
        }
        header[tensor.name] = .object([
            "dtype": .string(tensor.typeName),
            "shape": .array(tensor.shape.map(JSONValue.integer)),
            "data_offsets": .array(range.map(JSONValue.integer)),
        ])
        offset = range[1]
    }
    var text = JSONValue.object(header).compactText
    text += String(repeating: " ", count: (8 - text.utf8.count % 8) % 8)

    let file = try AtomicFile(path: path)
    try file.write(elements: [UInt64(text.utf8.count).littleEndian])
    try file.write(text)
    for tensor in tensors {
        switch tensor.elements {
        case .float32(let values): try write(values, to: file)
        case .decoded(_, let make): try write(make(), to: file)
        case .int64(let values):
            try file.write(elements: values)
        }
    }
    try file.commit()
}

private func write(_ values: Tensor, to file: borrowing AtomicFile) throws(FileError) {
    // SAFETY: `base` addresses `count` floats, alive as long as `values`.
    try file.write(UnsafeRawBufferPointer(start: values.base, count: 4 * values.count))
}
