/// Reads little-endian fields from a byte string whose length has been checked against `end`.
struct ByteReader {
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

    /// A number below 2^63.
    mutating func readCount(_ field: String) throws(FrameError) -> Int {
        let value: UInt64 = try read(field)
        guard let count = Int(exactly: value) else { throw .invalidField(field: field, detail: "is \(value), not below 2^63") }
        return count
    }

    /// A text of `count` bytes.
    mutating func readText(_ count: Int, field: String) throws(FrameError) -> String {
        let start = try skip(count, field: field)
        guard let text = String(validating: bytes[start..<(start + count)], as: UTF8.self) else {
            throw .invalidField(field: field, detail: "is not UTF-8")
        }
        return text
    }

    /// The name, of `count` bytes, of a tensor.
    mutating func readTensorName(_ count: Int, of tensor: String) throws(FrameError) -> String {
        guard (1...FrameFormat.maximumNameBytes).contains(count) else {
            throw .invalidField(
                field: "name length of \(tensor)", detail: "is \(count), outside 1...\(FrameFormat.maximumNameBytes)")
        }
        return try readText(count, field: "name of \(tensor)")
    }

    /// A finite number that is not negative.
    mutating func readError(_ field: String) throws(FrameError) -> Double {
        let value = Double(bitPattern: try read(field))
        guard value >= 0, value.isFinite else {
            throw .invalidField(field: field, detail: "is \(value), not a finite number of at least 0")
        }
        return value
    }

    /// An id, or what `make` makes of it; throws where that is nothing.
    mutating func readID<ID>(_ field: String, _ make: (UInt8) -> ID?) throws(FrameError) -> ID {
        let value: UInt8 = try read(field)
        guard let id = make(value) else { throw .unknownID(field: field, value: Int(value)) }
        return id
    }

    mutating func expectZeros(_ count: Int, field: String) throws(FrameError) {
        let start = try skip(count, field: field)
        guard bytes[start..<(start + count)].allSatisfy({ $0 == 0 }) else { throw .reservedNotZero(field: field) }
    }

    /// Moves past `count` codes of `bits` bits side by side, and returns where they start; bits behind the last one must be zero.
    mutating func skipCodes(_ count: Int, bits: Int, unit: String, of tensor: String) throws(FrameError) -> Int {
        let start = try skip((count * bits + 7) / 8, field: "\(unit) of \(tensor)")
        let usedBits = count * bits % 8
        guard usedBits == 0 || bytes[position - 1] >> UInt8(usedBits) == 0 else {
            throw .reservedNotZero(field: "unused bits after the \(unit) of \(tensor)")
        }
        return start
    }

    /// Calls `body` with the bytes from `start` on, which must lie inside the frame.
    func withBytes<Result>(from start: Int, _ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress, start <= buffer.count else { preconditionFailure("byte \(start) of no frame") }
            return body(base + start)
        }
    }
}
