/// The few parts of the protocol-buffer encoding that an event needs.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    private enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case fixed32 = 5
    }

    mutating func write(_ value: Int64, field: UInt64) {
        writeKey(field, .varint)
        writeVarint(UInt64(bitPattern: value))
    }

    mutating func write(_ value: Double, field: UInt64) {
        writeKey(field, .fixed64)
        bytes += littleEndian(value.bitPattern)
    }

    mutating func write(_ value: Float, field: UInt64) {
        writeKey(field, .fixed32)
        bytes += littleEndian(value.bitPattern)
    }

    /// Bytes, a string's UTF-8, or an embedded message.
    mutating func write(_ value: [UInt8], field: UInt64) {
        writeKey(field, .lengthDelimited)
        writeVarint(UInt64(value.count))
        bytes += value
    }

    mutating func write(_ value: String, field: UInt64) { write(Array(value.utf8), field: field) }

    private mutating func writeKey(_ field: UInt64, _ type: WireType) { writeVarint(field << 3 | type.rawValue) }

    private mutating func writeVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// The bytes of an integer, the lowest first.
func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
