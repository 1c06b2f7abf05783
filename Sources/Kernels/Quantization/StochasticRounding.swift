/// Codes a tensor: stochastic rounding to the levels of each scope, packed to `format.bits` bits a value.
///
/// An element rounds up with probability its distance from the level below, in steps: unbiased. Element i draws 16 bits r from the
/// Philox block `8 * (i / 64) + i % 8` of `random`: word `(i / 16) % 4`, its low half where `(i / 8) % 2` is 0, else its high half,
/// and rounds up iff the distance exceeds `(r + 1/2) / 65536`. [Lai23 eq. 1-2] (corrected)
///
/// - Parameters:
///   - values: `geometry.count` finite elements.
///   - scales: one for each scope, made by `format.scale(for:)` from the elements' ranges.
///   - packed: `format.packedBytes(geometry.count)` bytes, overwritten.
package func quantizeAndPack(
    _ values: UnsafePointer<Float>, geometry: ScopeGeometry, scales: [ScopeScale], format: CodeFormat, random: CounterRandom,
    into packed: UnsafeMutablePointer<UInt8>, threads: Int
) {
    precondition(scales.count == geometry.scopeCount, "one scale a scope")
    let blocks = (geometry.count + codingBlockSize - 1) / codingBlockSize
    parallelFor(count: blocks, threads: threads) { block in
        let elements = (block * codingBlockSize)..<min((block + 1) * codingBlockSize, geometry.count)
        // SAFETY: blocks start at multiples of 64 elements, so no two of them share a byte of `packed`.
        quantizeBlockReference(
            values, elements, geometry: geometry, scales: scales, format: format, random: random, into: packed)
    }
}

/// Elements that one thread codes at a time: a multiple of 64.
let codingBlockSize = 1 << 14

/// The 16 random bits of element `index`.
package func roundingBits(_ random: CounterRandom, _ index: Int) -> UInt32 {
    let block = random.block(UInt32(truncatingIfNeeded: 8 * (index / 64) + index % 8))
    let words = [block.0, block.1, block.2, block.3]
    return words[(index / 16) % 4] >> UInt32(16 * ((index / 8) % 2)) & 0xFFFF
}

/// The code of one element, in plain form.
package func roundedCodeReference(_ value: Float, scale: ScopeScale, format: CodeFormat, bits: UInt32) -> Int {
    guard value != 0 else { return 0 }
    let position = scale.position(value.magnitude)
    let below = position.rounded(.down)
    let threshold = (Float(bits) + 0.5) * 0x1p-16
    let level = Int(below) + (position - below > threshold ? 1 : 0)
    return value < 0 ? -(level + format.levelShift) : level + format.levelShift
}

/// `quantizeAndPack` of one block, in plain form.
package func quantizeBlockReference(
    _ values: UnsafePointer<Float>, _ elements: Range<Int>, geometry: ScopeGeometry, scales: [ScopeScale],
    format: CodeFormat, random: CounterRandom, into packed: UnsafeMutablePointer<UInt8>
) {
    let codes = elements.map { index in
        Int8(
            roundedCodeReference(
                values[index], scale: scales[index / geometry.scopeSize], format: format, bits: roundingBits(random, index)))
    }
    packCodesReference(codes, bits: format.bits, into: packed + elements.lowerBound * format.bits / 8)
}
