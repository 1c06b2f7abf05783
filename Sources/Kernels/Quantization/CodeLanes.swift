/// Eight codes between a word of packed bits and the lanes of a vector: what the fused kernels pack and unpack with.
///
/// Two neighbours meet in a 64-bit lane, four pairs in a word. The bit order is that of `BitPacking`.
struct CodeLanes: Sendable {
    /// Bits a code, 2...8.
    let bits: Int
    /// One code, two neighbours close together, and how far apart they are in two 32-bit lanes.
    private let codeMask: Int32
    private let pairMask: SIMD4<UInt64>
    private let pairShift: SIMD4<UInt64>
    /// The two codes of a pair.
    private let evenMask: SIMD4<UInt64>
    private let oddMask: SIMD4<UInt64>
    /// The places of the four pairs, of two pairs, of one pair.
    private let pairPlaces: SIMD4<UInt64>
    private let halfShift: SIMD2<UInt64>
    private let quarterShift: UInt64

    init(bits: Int) {
        precondition((2...8).contains(bits), "no such code width")
        self.bits = bits
        let width = UInt64(bits)
        let one: UInt64 = (1 << width) - 1
        codeMask = Int32(one)
        pairMask = SIMD4(repeating: (1 << (2 * width)) - 1)
        pairShift = SIMD4(repeating: 32 - width)
        (evenMask, oddMask) = (SIMD4(repeating: one), SIMD4(repeating: one << width))
        pairPlaces = SIMD4(0, 2, 4, 6) &* width
        halfShift = SIMD2(repeating: 4 * width)
        quarterShift = 2 * width
    }

    /// The low `bits` bits of eight codes, in the low bits of one word; the bits behind them are zero.
    @inline(__always)
    func joined(_ codes: SIMD8<Int32>) -> UInt64 {
        let masked = unsafeBitCast(codes & codeMask, to: SIMD4<UInt64>.self)
        let pairs = (masked | (masked &>> pairShift)) & pairMask
        let halves = pairs.lowHalf | (pairs.highHalf &<< halfShift)
        return halves[0] | (halves[1] &<< quarterShift)
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
