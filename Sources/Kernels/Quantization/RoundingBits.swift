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
        let first = UInt64(UInt32(truncatingIfNeeded: 8 * chunk))
        var even = PhiloxLanes(random, blocks: SIMD4(0, 2, 4, 6) &+ first)
        var odd = PhiloxLanes(random, blocks: SIMD4(1, 3, 5, 7) &+ first)
        // Written out, because a loop of ten rounds is too long for the compiler to unroll.
        PhiloxLanes.round(0, random.key, &even, &odd)
        PhiloxLanes.round(1, random.key, &even, &odd)
        PhiloxLanes.round(2, random.key, &even, &odd)
        PhiloxLanes.round(3, random.key, &even, &odd)
        PhiloxLanes.round(4, random.key, &even, &odd)
        PhiloxLanes.round(5, random.key, &even, &odd)
        PhiloxLanes.round(6, random.key, &even, &odd)
        PhiloxLanes.round(7, random.key, &even, &odd)
        PhiloxLanes.round(8, random.key, &even, &odd)
        PhiloxLanes.round(9, random.key, &even, &odd)
        words = (
            Self.interleave(even.c0, odd.c0), Self.interleave(even.c1, odd.c1), Self.interleave(even.c2, odd.c2),
            Self.interleave(even.c3, odd.c3)
        )
    }

    @inline(__always)
    private static func interleave(_ even: SIMD4<UInt64>, _ odd: SIMD4<UInt64>) -> SIMD8<UInt32> {
        unsafeBitCast((even & 0xFFFF_FFFF) | (odd &<< 32), to: SIMD8<UInt32>.self)
    }
}

/// The counters of four Philox4x32-10 blocks on their way through the rounds. Each lane holds a 32-bit word in its low half; the
/// high halves are undefined, because the vector multiplication ignores them.
private struct PhiloxLanes {
    var c0: SIMD4<UInt64>
    var c1: SIMD4<UInt64>
    var c2: SIMD4<UInt64>
    var c3: SIMD4<UInt64>

    @inline(__always)
    init(_ random: CounterRandom, blocks: SIMD4<UInt64>) {
        c0 = blocks
        c1 = SIMD4(repeating: UInt64(random.item))
        c2 = SIMD4(repeating: UInt64(random.device))
        c3 = SIMD4(repeating: UInt64(random.round))
    }

    /// Round `index` of two independent sets of blocks.
    @inline(__always)
    static func round(_ index: UInt32, _ key: (UInt32, UInt32), _ first: inout PhiloxLanes, _ second: inout PhiloxLanes) {
        let k0 = SIMD4(repeating: UInt64(key.0 &+ index &* Philox.weyl0))
        let k1 = SIMD4(repeating: UInt64(key.1 &+ index &* Philox.weyl1))
        first.mix(k0, k1)
        second.mix(k0, k1)
    }

    @inline(__always)
    private mutating func mix(_ k0: SIMD4<UInt64>, _ k1: SIMD4<UInt64>) {
        let product0 = (c0 & 0xFFFF_FFFF) &* SIMD4(repeating: UInt64(Philox.multiplier0))
        let product1 = (c2 & 0xFFFF_FFFF) &* SIMD4(repeating: UInt64(Philox.multiplier1))
        c0 = (product1 &>> 32) ^ c1 ^ k0
        c2 = (product0 &>> 32) ^ c3 ^ k1
        (c1, c3) = (product1, product0)
    }
}

/// The 16 random bits of element `index`, in plain form.
package func roundingBitsReference(_ random: CounterRandom, _ index: Int) -> UInt32 {
    let block = random.block(UInt32(truncatingIfNeeded: 8 * (index / 64) + index % 8))
    let words = [block.0, block.1, block.2, block.3]
    return words[(index / 16) % 4] >> UInt32(16 * ((index / 8) % 2)) & 0xFFFF
}
