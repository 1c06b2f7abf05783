/// Packs codes, in plain form: code i occupies the bits `i*bits ..< (i+1)*bits` of the byte string, least significant bit first,
/// in two's complement. Bits after the last code are zero.
package func packCodesReference(_ codes: [Int8], bits: Int, into packed: UnsafeMutablePointer<UInt8>) {
    packed.update(repeating: 0, count: (codes.count * bits + 7) / 8)
    for (index, code) in codes.enumerated() {
        for bit in 0..<bits where code >> Int8(bit) & 1 != 0 {
            let position = index * bits + bit
            packed[position / 8] |= 1 << UInt8(position % 8)
        }
    }
}

/// The code at `index` of a packed byte string, in plain form.
package func unpackedCodeReference(_ packed: UnsafePointer<UInt8>, _ index: Int, bits: Int) -> Int {
    var code = 0
    for bit in 0..<bits {
        let position = index * bits + bit
        code |= Int(packed[position / 8] >> UInt8(position % 8) & 1) << bit
    }
    return code >= 1 << (bits - 1) ? code - (1 << bits) : code
}

/// The first element whose code is the reserved one, or nil.
package func firstReservedCode(_ packed: UnsafePointer<UInt8>, count: Int, format: CodeFormat, threads: Int) -> Int? {
    (0..<count).first { unpackedCodeReference(packed, $0, bits: format.bits) == format.reservedCode }
}
