#if _endian(big)
#error("Frames are little-endian; copying scales and raw values needs a byte swap on this machine.")
#endif

/// Appends little-endian fields to a byte string.
struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func append<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ value: Double) { append(value.bitPattern) }
    mutating func append(_ value: Float) { append(value.bitPattern) }

    /// Writes what `change` makes of the field at `offset`, which has been appended (precondition).
    mutating func replace<Value: FixedWidthInteger>(at offset: Int, _ change: (Value) -> Value) {
        let range = offset..<(offset + MemoryLayout<Value>.size)
        // SAFETY: the slice has the bytes of one value, or taking it has ended the program.
        let value = bytes[range].withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(as: Value.self)) }
        withUnsafeBytes(of: change(value).littleEndian) { bytes.replaceSubrange(range, with: $0) }
    }

    mutating func appendZeros(_ count: Int) { bytes.append(contentsOf: repeatElement(0, count: count)) }
}
