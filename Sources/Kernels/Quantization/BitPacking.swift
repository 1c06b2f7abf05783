import CKernels

/// Codes to bytes and back, 64 codes at a time: code i of a tensor occupies the bits `i*bits ..< (i+1)*bits` of its byte string,
/// least significant bit first, in two's complement; bits after the last code are zero.
///
/// Eight codes, a byte each, close up in three steps (pairs, quadruples, all) inside one 64-bit word.
struct BitPacking: Sendable {
    /// Bits a code, 2...8.
    let bits: Int
    /// Fields of 8, 16 and 32 bits: where the lower of two neighbours lies when both are closed up.
    private let singles: UInt64
    private let pairs: UInt64
    private let quads: UInt64

    init(bits: Int) {
        precondition((2...8).contains(bits), "no such code width")
        self.bits = bits
        singles = 0x0001_0001_0001_0001 &* ((1 << UInt64(bits)) - 1)
        pairs = 0x0000_0001_0000_0001 &* ((1 << UInt64(2 * bits)) - 1)
        quads = (1 << UInt64(4 * bits)) - 1
    }

    /// 64 codes, a byte each with zeros above `bits` bits; reads up to `8 - bits` bytes behind them.
    @inline(__always)
    private func unpack(_ packed: UnsafeRawPointer) -> SIMD8<UInt64> {
        var words = SIMD8<UInt64>()
        for index in 0..<8 { words[index] = packed.loadUnaligned(fromByteOffset: index * bits, as: UInt64.self) }
        let (one, two, four) = (UInt64(8 - bits), UInt64(16 - 2 * bits), UInt64(32 - 4 * bits))
        let byQuads = (words & quads) | ((words & (quads &<< UInt64(4 * bits))) &<< four)
        let byPairs = (byQuads & pairs) | ((byQuads & (pairs &<< UInt64(2 * bits))) &<< two)
        return (byPairs & singles) | ((byPairs & (singles &<< UInt64(bits))) &<< one)
    }

    /// The codes of elements `first ..< first + 64` of a tensor of `count` elements; zeros after the last. `first` is a
    /// multiple of 64 below `count`.
    @inline(__always)
    func unpack(_ packed: UnsafePointer<UInt8>, first: Int, of count: Int) -> SIMD8<UInt64> {
        // SAFETY: with 64 more elements behind this chunk, the bytes behind it lie inside the byte string.
        let source = UnsafeRawPointer(packed + first * bits / 8)
        return first + 128 <= count ? unpack(source) : unpackLast(source, count: min(64, count - first))
    }

    @inline(never)
    private func unpackLast(_ packed: UnsafeRawPointer, count: Int) -> SIMD8<UInt64> {
        var bytes = SIMD64<UInt8>()
        return withUnsafeMutableBytes(of: &bytes) { buffer in
            guard let start = buffer.baseAddress else { preconditionFailure("no memory") }
            start.copyMemory(from: packed, byteCount: (count * bits + 7) / 8)
            return unpack(start)
        }
    }
}

/// Packs `count` codes, a byte each, to `bits` bits a code.
package func packCodes(
    _ codes: UnsafePointer<Int8>, count: Int, bits: Int, into packed: UnsafeMutablePointer<UInt8>, threads: Int
) {
    precondition((2...8).contains(bits), "no such code width")
    CodingBlocks.forEach(of: count, threads: threads) { elements in
        // SAFETY: blocks lie in 0..<count, and no two of them share a byte of `packed`.
        InstructionSet.codes.pack_codes(
            codes + elements.lowerBound, Int64(elements.count), Int32(bits), packed + elements.lowerBound / 8 * bits)
    }
}

/// Unpacks `count` codes to a byte each.
package func unpackCodes(
    _ packed: UnsafePointer<UInt8>, count: Int, bits: Int, into codes: UnsafeMutablePointer<Int8>, threads: Int
) {
    let packing = BitPacking(bits: bits)
    let sign = SIMD64<UInt8>(repeating: 1 << UInt8(bits - 1))
    CodingBlocks.forEach(of: count, threads: threads) { elements in
        for first in stride(from: elements.lowerBound, to: elements.upperBound, by: 64) {
            let chunk = unsafeBitCast(packing.unpack(packed, first: first, of: count), to: SIMD64<UInt8>.self)
            let signed = (chunk ^ sign) &- sign
            // SAFETY: a chunk's codes lie inside the block.
            withUnsafeBytes(of: signed) { bytes in
                guard let start = bytes.baseAddress else { preconditionFailure("no memory") }
                UnsafeMutableRawPointer(codes + first).copyMemory(from: start, byteCount: min(64, elements.upperBound - first))
            }
        }
    }
}

/// The first element that has the reserved code, or nil.
package func firstReservedCode(
    _ packed: UnsafePointer<UInt8>, count: Int, format: CodeFormat, threads: Int
) -> Int? {
    let packing = BitPacking(bits: format.bits)
    let ones = UInt64(0x0101_0101_0101_0101)
    let reserved = ones << UInt64(format.bits - 1)
    let found = parallelMap(blocks: CodingBlocks.count(count), threads: threads) { block in
        let elements = CodingBlocks.elements(block, of: count)
        var zeroBytes = SIMD8<UInt64>()
        for first in stride(from: elements.lowerBound, to: elements.upperBound, by: 64) {
            let difference = packing.unpack(packed, first: first, of: count) ^ reserved
            zeroBytes |= (difference &- ones) & ~difference
        }
        return zeroBytes & (ones << 7) != SIMD8<UInt64>()
    }
    guard let block = found.firstIndex(of: true) else { return nil }
    return CodingBlocks.elements(block, of: count).first {
        unpackedCodeReference(packed, $0, bits: format.bits) == format.reservedCode
    }
}

/// `packCodes`, in plain form.
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
