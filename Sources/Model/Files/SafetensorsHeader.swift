import Kernels
import Storage

/// One tensor of a safetensors file: its name, element type, shape and place in the data section.
package struct SafetensorsEntry: Sendable, Equatable {
    package let name: String
    package let type: ElementType
    package let shape: [Int]
    /// Place in the data section, in bytes.
    package let bytes: Range<Int>
    /// Number of elements.
    package let count: Int
}

extension ElementType {
    /// True for the types that `SafetensorsReader.readFloats` reads.
    package var isReadAsFloats: Bool {
        switch self {
        case .float64, .float32, .float16, .bfloat16: true
        default: false
        }
    }
}

/// The JSON header of a safetensors file, checked: every tensor lies inside the data section, in order, without gaps or overlaps.
package struct SafetensorsHeader {
    /// Longest header that is read, as in the format's own library.
    package static let byteLimit = 100_000_000
    /// The name in the header that is no tensor's.
    package static let metadataName = "__metadata__"

    /// The tensors in the order of their data.
    package let entries: [SafetensorsEntry]
    /// The texts of `__metadata__` by name, in the header's order.
    package let metadata: [(name: String, text: String)]

    /// - Parameters:
    ///   - bytes: the header's JSON text.
    ///   - dataBytes: length of the data section behind it.
    ///   - path: for messages.
    package init(parsing bytes: [UInt8], dataBytes: Int, path: String) throws(CheckpointError) {
        guard bytes.first == UInt8(ascii: "{") else {
            throw .malformed(path: path, detail: "the header does not begin with {")
        }
        let fields: SafetensorsHeaderFields
        do throws(JSONReader.Failure) {
            fields = try SafetensorsHeaderFields(parsing: bytes)
        } catch {
            throw .malformed(path: path, detail: "its header has \(error)")
        }
        metadata = fields.metadata
        var entries: [SafetensorsEntry] = []
        entries.reserveCapacity(fields.tensors.count)
        for tensor in fields.tensors { entries.append(try Self.entry(tensor, path: path)) }
        entries.sort { first, second in
            (first.bytes.lowerBound, first.bytes.upperBound, UTF8Name(first.name))
                < (second.bytes.lowerBound, second.bytes.upperBound, UTF8Name(second.name))
        }
        try Self.checkPlaces(entries, dataBytes: dataBytes, path: path)
        self.entries = entries
    }

    private static func checkPlaces(
        _ entries: [SafetensorsEntry], dataBytes: Int, path: String
    ) throws(CheckpointError) {
        var end = 0
        for entry in entries {
            guard entry.bytes.lowerBound == end else {
                throw .misplaced(path: path, tensor: entry.name, begins: entry.bytes.lowerBound, expected: end)
            }
            end = entry.bytes.upperBound
            guard end <= dataBytes else {
                throw .truncated(path: path, tensor: entry.name, endsAt: end, available: dataBytes)
            }
        }
        guard end == dataBytes else {
            throw .malformed(path: path, detail: "\(dataBytes - end) bytes behind the last tensor")
        }
    }

    private static func entry(
        _ tensor: SafetensorsHeaderFields.Tensor, path: String
    ) throws(CheckpointError) -> SafetensorsEntry {
        guard let type = ElementType(rawValue: tensor.type) else {
            throw .unsupportedType(path: path, tensor: tensor.name, type: tensor.type, supported: .format)
        }
        let place = tensor.place
        guard let (count, bytes) = type.size(of: tensor.shape) else {
            throw .malformed(path: path, detail: "tensor \(tensor.name) has the impossible shape \(tensor.shape)")
        }
        guard place.count == bytes else {
            let needed = "needs \(bytes) bytes, its offsets span \(place.count)"
            throw .malformed(path: path, detail: "tensor \(tensor.name) of shape \(tensor.shape) \(needed)")
        }
        return SafetensorsEntry(name: tensor.name, type: type, shape: tensor.shape, bytes: place, count: count)
    }
}
