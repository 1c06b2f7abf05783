/// Signed integers of 1 to 32 bits side by side: what small tensors of a lattice are stored as. Code i occupies the bits `i*bits ..<
/// (i+1)*bits`, least significant first, in two's complement; bits behind the last code are zero.
package enum WideCodes {
    /// Bytes of `count` codes.
    package static func bytes(count: Int, bits: Int) -> Int { (count * bits + 7) / 8 }

    /// The fewest bits that hold each of `count` codes.
    package static func bits(for codes: UnsafePointer<Int32>, count: Int) -> Int {
        // The bits of all magnitudes together are as many as the largest has.
        var magnitudes: Int32 = 0
        for index in 0..<count { magnitudes |= codes[index] ^ (codes[index] >> 31) }
        return bits(for: magnitudes)
    }

    /// The fewest bits that hold the code.
    package static func bits(for code: Int32) -> Int { 33 - (code < 0 ? ~code : code).leadingZeroBitCount }

    /// The low `bits` bits of `count` codes; `bytes` has room for them.
    package static func pack(
        _ codes: UnsafePointer<Int32>, count: Int, bits: Int, into bytes: UnsafeMutablePointer<UInt8>
    ) {
        let mask = mask(bits)
        var (word, held, next): (UInt64, Int, Int) = (0, 0, 0)
        for index in 0..<count {
            word |= (UInt64(UInt32(bitPattern: codes[index])) & mask) &<< UInt64(held)
            held += bits
            while held >= 8 {
                bytes[next] = UInt8(truncatingIfNeeded: word)
                (word, held, next) = (word >> 8, held - 8, next + 1)
            }
        }
        if held > 0 { bytes[next] = UInt8(truncatingIfNeeded: word) }
    }

    package static func pack(_ codes: [Int32], count: Int, bits: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: max(bytes(count: count, bits: bits), 1)) { buffer, length in
            // SAFETY: the buffer has the codes' bytes.
            guard let start = buffer.baseAddress else { preconditionFailure("no room for codes") }
            pack(codes, count: count, bits: bits, into: start)
            length = bytes(count: count, bits: bits)
        }
    }

    /// Code `index` of `bytes`. Eight bytes from its first on are read: a frame's checksum follows the last.
    @inline(__always)
    package static func code(_ bytes: UnsafePointer<UInt8>, _ index: Int, bits: Int) -> Int32 {
        let value = unsigned(bytes, index, bits: bits)
        return Int32(truncatingIfNeeded: Int64(bitPattern: value &<< UInt64(64 - bits)) &>> Int64(64 - bits))
    }

    /// The same without a sign.
    @inline(__always)
    package static func unsigned(_ bytes: UnsafePointer<UInt8>, _ index: Int, bits: Int) -> UInt64 {
        let place = index &* bits
        let word = UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: place &>> 3, as: UInt64.self)
        return UInt64(littleEndian: word) &>> UInt64(place & 7) & mask(bits)
    }

    @inline(__always)
    private static func mask(_ bits: Int) -> UInt64 { (1 &<< UInt64(bits)) &- 1 }
}
