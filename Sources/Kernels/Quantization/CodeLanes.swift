/// A word of packed bits to eight codes in the lanes of a vector: what the fused decoders unpack with.
///
/// Four pairs of neighbours move to 64-bit lanes, and each pair parts there. The bit order is that of `BitPacking`.
struct CodeLanes: Sendable {
    /// Bits a code, 2...8.
    let bits: Int
    /// How far the second of two neighbours moves.
    private let pairShift: SIMD4<UInt64>
    /// The two codes of a pair.
    private let evenMask: SIMD4<UInt64>
    private let oddMask: SIMD4<UInt64>
    /// The places of the four pairs.
    private let pairPlaces: SIMD4<UInt64>

    init(bits: Int) {
        precondition((2...8).contains(bits), "no such code width")
        self.bits = bits
        let width = UInt64(bits)
        let one: UInt64 = (1 << width) - 1
        pairShift = SIMD4(repeating: 32 - width)
        (evenMask, oddMask) = (SIMD4(repeating: one), SIMD4(repeating: one << width))
        pairPlaces = SIMD4(0, 2, 4, 6) &* width
    }

    /// Eight codes of one word, with zeros above `bits` bits.
    @inline(__always)
    func parted(_ word: UInt64) -> SIMD8<UInt32> {
        let pairs = SIMD4(repeating: word) &>> pairPlaces
        return unsafeBitCast((pairs & evenMask) | ((pairs & oddMask) &<< pairShift), to: SIMD8<UInt32>.self)
    }

    /// The codes of elements `first ..< first + 8`; `first` is a multiple of 8. Eight bytes from theirs on are read.
    @inline(__always)
    func unpack(_ packed: UnsafePointer<UInt8>, first: Int) -> SIMD8<UInt32> {
        parted(UnsafeRawPointer(packed).loadUnaligned(fromByteOffset: first / 8 * bits, as: UInt64.self))
    }

    /// Like `unpack`, near the end of a tensor of `count` elements: reads no byte behind it; zeros after the last code.
    @inline(never)
    func unpackLast(_ packed: UnsafePointer<UInt8>, first: Int, of count: Int) -> SIMD8<UInt32> {
        var word: UInt64 = 0
        for index in 0..<((min(8, count - first) * bits + 7) / 8) {
            word |= UInt64(packed[first / 8 * bits + index]) << UInt64(8 * index)
        }
        return parted(word)
    }
}
