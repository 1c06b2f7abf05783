import Storage

/// One tensor of a safetensors file: its name, element type, shape and place in the data section.
package struct SafetensorsEntry: Sendable, Equatable {
    /// The format's element types, as its headers spell them.
    package enum ElementType: String, Sendable, CaseIterable {
        case float64 = "F64"
        case float32 = "F32"
        case float16 = "F16"
        case bfloat16 = "BF16"
        case float8E4M3 = "F8_E4M3"
        case float8E5M2 = "F8_E5M2"
        case float8E8M0 = "F8_E8M0"
        case float8E4M3FNUZ = "F8_E4M3FNUZ"
        case float8E5M2FNUZ = "F8_E5M2FNUZ"
        case float6E2M3 = "F6_E2M3"
        case float6E3M2 = "F6_E3M2"
        case float4 = "F4"
        case complex64 = "C64"
        case int64 = "I64"
        case int32 = "I32"
        case int16 = "I16"
        case int8 = "I8"
        case uint64 = "U64"
        case uint32 = "U32"
        case uint16 = "U16"
        case uint8 = "U8"
        case boolean = "BOOL"

        /// Bits of one element.
        package var bits: Int {
            switch self {
            case .float64, .complex64, .int64, .uint64: 64
            case .float32, .int32, .uint32: 32
            case .float16, .bfloat16, .int16, .uint16: 16
            case .float8E4M3, .float8E5M2, .float8E8M0, .float8E4M3FNUZ, .float8E5M2FNUZ, .int8, .uint8, .boolean: 8
            case .float6E2M3, .float6E3M2: 6
            case .float4: 4
            }
        }

        /// True for the types that `SafetensorsReader.readFloats` reads.
        package var isReadAsFloats: Bool {
            switch self {
            case .float64, .float32, .float16, .bfloat16: true
            default: false
            }
        }
    }

    package let name: String
    package let type: ElementType
    package let shape: [Int]
    /// Place in the data section, in bytes.
    package let bytes: Range<Int>
    /// Number of elements.
    package let count: Int
}

/// The JSON header of a safetensors file, checked: every tensor lies inside the data section, in order, without gaps or overlaps.
package struct SafetensorsHeader {
    /// Longest header that is read, as in the format's own library.
    package static let byteLimit = 100_000_000
    /// The name in the header that is no tensor's.
    static let metadataName = "__metadata__"

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
        guard let type = SafetensorsEntry.ElementType(rawValue: tensor.type) else {
            throw .unsupportedType(path: path, tensor: tensor.name, type: tensor.type, supported: .format)
        }
        var (count, bits) = (1, type.bits)
        for extent in tensor.shape {
            let (product, overflow) = bits.multipliedReportingOverflow(by: extent)
            if overflow { throw .malformed(path: path, detail: "tensor \(tensor.name) has the impossible shape \(tensor.shape)") }
            (count, bits) = (count * extent, product)
        }
        let place = tensor.place
        guard bits % 8 == 0, place.count == bits / 8 else {
            let needed = "needs \(bits) bits, its offsets span \(place.count) bytes"
            throw .malformed(path: path, detail: "tensor \(tensor.name) of shape \(tensor.shape) \(needed)")
        }
        return SafetensorsEntry(name: tensor.name, type: type, shape: tensor.shape, bytes: place, count: count)
    }
}
