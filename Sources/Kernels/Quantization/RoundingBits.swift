/// The random bits of stochastic rounding: 16 for each element, drawn 64 elements at a time.
///
/// Element i takes them from the Philox block `8 * (i / 64) + i % 8` of its tensor's sequence: word `(i / 16) % 4`, its low half
/// where `(i / 8) % 2` is 0, else its high half. So eight consecutive elements take the same half of the same word of eight
/// consecutive blocks, which eight vector lanes compute. This is part of the update frame's specification.
struct RoundingBits {
    /// Words 0...3 of the eight blocks, one block a lane.
    let words: (SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>)

    /// The bits of elements `64 * chunk ..< 64 * (chunk + 1)`.
    @inline(__always)
    init(_ random: CounterRandom, chunk: Int) {
        let first = UInt32(truncatingIfNeeded: 8 * chunk)
        let even = Self.blocks(random, SIMD4(0, 2, 4, 6) &+ UInt64(first))
        let odd = Self.blocks(random, SIMD4(1, 3, 5, 7) &+ UInt64(first))
        words = (
            Self.interleave(even.0, odd.0), Self.interleave(even.1, odd.1), Self.interleave(even.2, odd.2),
            Self.interleave(even.3, odd.3)
        )
    }

    private static let lowWord = SIMD4<UInt64>(repeating: 0xFFFF_FFFF)

    /// Philox4x32-10 of four block indices. Each lane holds a 32-bit word in its low half; high halves are undefined.
    @inline(__always)
    private static func blocks(
        _ random: CounterRandom, _ indices: SIMD4<UInt64>
    ) -> (SIMD4<UInt64>, SIMD4<UInt64>, SIMD4<UInt64>, SIMD4<UInt64>) {
        var c0 = indices
        var c1 = SIMD4(repeating: UInt64(random.item))
        var c2 = SIMD4(repeating: UInt64(random.device))
        var c3 = SIMD4(repeating: UInt64(random.round))
        var (k0, k1) = random.key
        for _ in 0..<10 {
            let product0 = (c0 & lowWord) &* SIMD4(repeating: UInt64(Philox.multiplier0))
            let product1 = (c2 & lowWord) &* SIMD4(repeating: UInt64(Philox.multiplier1))
            c0 = (product1 &>> 32) ^ c1 ^ SIMD4(repeating: UInt64(k0))
            c2 = (product0 &>> 32) ^ c3 ^ SIMD4(repeating: UInt64(k1))
            (c1, c3) = (product1, product0)
            k0 &+= Philox.weyl0
            k1 &+= Philox.weyl1
        }
        return (c0, c1, c2, c3)
    }

    @inline(__always)
    private static func interleave(_ even: SIMD4<UInt64>, _ odd: SIMD4<UInt64>) -> SIMD8<UInt32> {
        unsafeBitCast((even & lowWord) | (odd &<< 32), to: SIMD8<UInt32>.self)
    }
}

/// The 16 random bits of element `index`, in plain form.
package func roundingBitsReference(_ random: CounterRandom, _ index: Int) -> UInt32 {
    let block = random.block(UInt32(truncatingIfNeeded: 8 * (index / 64) + index % 8))
    let words = [block.0, block.1, block.2, block.3]
    return words[(index / 16) % 4] >> UInt32(16 * ((index / 8) % 2)) & 0xFFFF
}
