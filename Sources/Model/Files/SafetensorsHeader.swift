import Storage

/// One tensor of a safetensors file: its name, element type, shape and place in the data section.
package struct SafetensorsEntry: Sendable, Equatable {
    /// Element types that this program reads. It writes `float32` and `int64`.
    package enum ElementType: String, Sendable {
        case float32 = "F32"
        case float16 = "F16"
        case bfloat16 = "BF16"
        case int64 = "I64"

        package var bytes: Int {
            switch self {
            case .int64: 8
            case .float32: 4
            case .float16, .bfloat16: 2
            }
        }
    }

    package let name: String
    package let type: ElementType
    package let shape: [Int]
    /// Place in the data section, in bytes.
    package let bytes: Range<Int>
    /// Number of elements.
    package var count: Int { bytes.count / type.bytes }
}

/// The JSON header of a safetensors file, checked: every tensor lies inside the data section, in order, without gaps or overlaps.
struct SafetensorsHeader {
    /// Longest header that is read, as in the format's own library.
    static let byteLimit = 100_000_000

    /// The tensors in the order of their data.
    let entries: [SafetensorsEntry]
    let metadata: [String: String]

    /// - Parameters:
    ///   - bytes: the header's JSON text.
    ///   - dataBytes: length of the data section behind it.
    ///   - path: for messages.
    init(parsing bytes: [UInt8], dataBytes: Int, path: String) throws(CheckpointError) {
        guard case .object(var fields)? = JSONValue(parsing: bytes) else {
            throw .malformed(path: path, detail: "the header is not a JSON object")
        }
        var metadata: [String: String] = [:]
        if case .object(let values)? = fields.removeValue(forKey: "__metadata__") {
            for case (let key, .string(let value)) in values { metadata[key] = value }
        }
        self.metadata = metadata
        var entries: [SafetensorsEntry] = []
        for (name, field) in fields {
            entries.append(try Self.entry(name, field, path: path))
        }
        entries.sort { ($0.bytes.lowerBound, $0.bytes.upperBound, $0.name) < ($1.bytes.lowerBound, $1.bytes.upperBound, $1.name) }
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
        self.entries = entries
    }

    private static func entry(
        _ name: String, _ field: JSONValue, path: String
    ) throws(CheckpointError) -> SafetensorsEntry {
        guard case .object(let fields) = field, case .string(let typeName)? = fields["dtype"],
            let shape = extents(fields["shape"]), let offsets = extents(fields["data_offsets"]),
            offsets.count == 2, offsets[0] <= offsets[1]
        else { throw .malformed(path: path, detail: "the header's entry for tensor \(name) is incomplete") }
        guard let type = SafetensorsEntry.ElementType(rawValue: typeName) else {
            throw .unsupportedType(path: path, tensor: name, type: typeName)
        }
        var bytes = type.bytes
        for extent in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
            if overflow { throw .malformed(path: path, detail: "tensor \(name) has the impossible shape \(shape)") }
            bytes = product
        }
        guard offsets[1] - offsets[0] == bytes else {
            let detail = "tensor \(name) of shape \(shape) needs \(bytes) bytes, its offsets span \(offsets[1] - offsets[0])"
            throw .malformed(path: path, detail: detail)
        }
        return SafetensorsEntry(name: name, type: type, shape: shape, bytes: offsets[0]..<offsets[1])
    }

    /// A JSON array of non-negative integers; nil for anything else.
    private static func extents(_ value: JSONValue?) -> [Int]? {
        guard case .array(let items)? = value else { return nil }
        var extents: [Int] = []
        for item in items {
            guard case .integer(let extent) = item, extent >= 0 else { return nil }
            extents.append(extent)
        }
        return extents
    }
}
