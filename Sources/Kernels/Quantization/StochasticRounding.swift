/// Codes a tensor: stochastic rounding to the levels of each scope, packed to `format.bits` bits a value.
///
/// An element at `position` steps above level 0 becomes the level below or above, the latter iff the distance from the level below
/// exceeds `(r + 1/2) / 65536` with its 16 random bits r: unbiased. [Lai23 eq. 1-2] (corrected)
///
/// - Parameters:
///   - values: `geometry.count` finite elements.
///   - scales: one for each scope, made by `format.scale(for:)` from the elements' ranges.
///   - random: the tensor's sequence of `RoundingBits`.
///   - packed: `format.packedBytes(geometry.count)` bytes, overwritten.
package func quantizeAndPack(
    _ values: UnsafePointer<Float>, geometry: ScopeGeometry, scales: [ScopeScale], format: CodeFormat, random: CounterRandom,
    into packed: UnsafeMutablePointer<UInt8>, threads: Int
) {
    precondition(scales.count == geometry.scopeCount, "one scale a scope")
    scales.withUnsafeBufferPointer { buffer in
        guard let scales = buffer.baseAddress else { return }
        parallelFor(count: CodingBlocks.count(geometry.count), threads: threads) { block in
            // SAFETY: blocks start at multiples of 64 elements, so no two of them share a byte of `packed`.
            quantizeBlock(
                values, CodingBlocks.elements(block, of: geometry.count), geometry: geometry, scales: scales, format: format,
                random: random, into: packed)
        }
    }
}

/// The blocks that threads code or decode: fixed, multiples of the 64 elements that are coded together.
enum CodingBlocks {
    static let size = 1 << 14

    static func count(_ elements: Int) -> Int { (elements + size - 1) / size }
    static func elements(_ block: Int, of count: Int) -> Range<Int> { (block * size)..<min((block + 1) * size, count) }
}

private func quantizeBlock(
    _ values: UnsafePointer<Float>, _ elements: Range<Int>, geometry: ScopeGeometry, scales: UnsafePointer<ScopeScale>,
    format: CodeFormat, random: CounterRandom, into packed: UnsafeMutablePointer<UInt8>
) {
    var cursor = ScopeCursor(scales, geometry: geometry, at: elements.lowerBound)
    let rounding = LevelRounding(format)
    let packing = BitPacking(bits: format.bits)
    for first in stride(from: elements.lowerBound, to: elements.upperBound, by: 64) {
        let bits = RoundingBits(random, chunk: first / 64)
        let count = min(64, elements.upperBound - first)
        let codes =
            count == 64
            ? rounding.codes(UnsafeRawPointer(values + first), first, bits, &cursor)
            : withUnsafeTemporaryAllocation(of: Float.self, capacity: 64) { padded in
                // SAFETY: the last, shorter chunk is copied before it is read as 64 elements.
                padded.initialize(repeating: 0)
                for index in 0..<count { padded[index] = values[first + index] }
                return rounding.codes(UnsafeRawPointer(padded.baseAddress!), first, bits, &cursor)
            }
        packing.pack(codes, first: first, end: elements.upperBound, into: packed)
    }
}

/// Rounds eight magnitudes at a time to codes.
private struct LevelRounding {
    /// `2^23 + levelShift`: added to a level, it leaves the code in the float's low byte.
    private let codeBias: Float

    init(_ format: CodeFormat) { codeBias = 0x1p23 + Float(format.levelShift) }

    /// The codes of 64 elements from `first` on, a byte each.
    @inline(__always)
    func codes(
        _ values: UnsafeRawPointer, _ first: Int, _ bits: RoundingBits, _ cursor: inout ScopeCursor
    ) -> SIMD8<UInt64> {
        var codes = SIMD8<UInt64>()
        codes[0] = eight(values, 0, first, bits.words.0 & 0xFFFF, &cursor)
        codes[1] = eight(values, 1, first, bits.words.0 &>> 16, &cursor)
        codes[2] = eight(values, 2, first, bits.words.1 & 0xFFFF, &cursor)
        codes[3] = eight(values, 3, first, bits.words.1 &>> 16, &cursor)
        codes[4] = eight(values, 4, first, bits.words.2 & 0xFFFF, &cursor)
        codes[5] = eight(values, 5, first, bits.words.2 &>> 16, &cursor)
        codes[6] = eight(values, 6, first, bits.words.3 & 0xFFFF, &cursor)
        codes[7] = eight(values, 7, first, bits.words.3 &>> 16, &cursor)
        return codes
    }

    @inline(__always)
    private func eight(
        _ values: UnsafeRawPointer, _ group: Int, _ first: Int, _ bits: SIMD8<UInt32>, _ cursor: inout ScopeCursor
    ) -> UInt64 {
        let scale = cursor.next(first + 8 * group)
        // SAFETY: `values` addresses 64 floats.
        let value = values.loadUnaligned(fromByteOffset: 32 * group, as: SIMD8<Int32>.self)
        let magnitude = unsafeBitCast(value & 0x7FFF_FFFF, to: SIMD8<Float>.self)
        let divisor = scale.step.replacing(with: 1, where: scale.step .== 0)
        let position = (magnitude - scale.offset) / divisor
        let below = position.rounded(.down)
        let threshold = (SIMD8<Float>(unsafeBitCast(bits, to: SIMD8<Int32>.self)) + 0.5) * 0x1p-16
        let level = below.replacing(with: below + 1, where: position - below .> threshold)
        var code = unsafeBitCast(level + codeBias, to: SIMD8<Int32>.self)
        code.replace(with: 0, where: magnitude .== 0)
        let sign = value &>> 31
        return unsafeBitCast(SIMD8<Int8>(truncatingIfNeeded: (code ^ sign) &- sign), to: UInt64.self)
    }
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

/// `quantizeAndPack`, in plain form.
package func quantizeAndPackReference(
    _ values: UnsafePointer<Float>, geometry: ScopeGeometry, scales: [ScopeScale], format: CodeFormat, random: CounterRandom,
    into packed: UnsafeMutablePointer<UInt8>
) {
    let codes = (0..<geometry.count).map { index in
        roundedCodeReference(
            values[index], scale: scales[index / geometry.scopeSize], format: format, bits: roundingBitsReference(random, index))
    }
    packCodesReference(codes.map { Int8($0) }, bits: format.bits, into: packed)
}
