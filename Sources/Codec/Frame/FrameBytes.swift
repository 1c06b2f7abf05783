#if _endian(big)
#error("Frames are little-endian; copying scales and raw values needs a byte swap on this machine.")
#endif

/// The frame's fixed sizes and limits. docs/wire-format.md
enum FrameLayout {
    static let magic: [UInt8] = [0x89, 0x47, 0x44, 0x55, 0x0D, 0x0A, 0x1A, 0x0A]
    /// The newest version.
    static let version: UInt16 = 2
    static let headerBytes = 216
    /// A tensor's entry without its extents and name.
    static func tensorEntryBytes(version: UInt16) -> Int { version == 1 ? 20 : 28 }
    static let checksumBytes = 8
    static let maximumRank = 8
    static let maximumNameBytes = 1024
}

/// Appends little-endian fields to a byte string.
struct FrameWriter {
    var bytes: [UInt8] = []

    mutating func append<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ value: Double) { append(value.bitPattern) }
    mutating func append(_ value: Float) { append(value.bitPattern) }
    mutating func appendZeros(_ count: Int) { bytes.append(contentsOf: repeatElement(0, count: count)) }
}

/// Reads little-endian fields from a byte string whose length has been checked against `end`.
struct FrameReader {
    let bytes: [UInt8]
    /// Fields end here; the checksum follows.
    let end: Int
    private(set) var position: Int

    init(_ bytes: [UInt8], from position: Int = 0, end: Int) {
        (self.bytes, self.position, self.end) = (bytes, position, end)
    }

    /// Moves past `count` bytes and returns where they start.
    mutating func skip(_ count: Int, field: String) throws(FrameError) -> Int {
        guard count <= end - position else {
            throw .invalidField(field: field, detail: "needs \(count) bytes where \(end - position) are left")
        }
        defer { position += count }
        return position
    }

    mutating func read<Value: FixedWidthInteger>(_ field: String, as type: Value.Type = Value.self) throws(FrameError) -> Value {
        let start = try skip(MemoryLayout<Value>.size, field: field)
        // SAFETY: `skip` has checked that the bytes lie inside the array.
        return Value(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Value.self) })
    }

    /// A finite number that is not negative.
    mutating func readError(_ field: String) throws(FrameError) -> Double {
        let value = Double(bitPattern: try read(field))
        guard value >= 0, value.isFinite else {
            throw .invalidField(field: field, detail: "is \(value), not a finite number of at least 0")
        }
        return value
    }

    mutating func expectZeros(_ count: Int, field: String) throws(FrameError) {
        let start = try skip(count, field: field)
        guard bytes[start..<(start + count)].allSatisfy({ $0 == 0 }) else { throw .reservedNotZero(field: field) }
    }
}
