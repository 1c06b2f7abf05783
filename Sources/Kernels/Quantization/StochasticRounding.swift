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
    let divisors = scales.map { ScopeScale(offset: $0.offset, step: $0.divisor) }
    divisors.withUnsafeBufferPointer { buffer in
        guard let divisors = buffer.baseAddress else { return }
        parallelFor(count: CodingBlocks.count(geometry.count), threads: threads) { block in
            // SAFETY: blocks start at multiples of 64 elements, so no two of them share a byte of `packed`.
            quantizeBlock(
                values, CodingBlocks.elements(block, of: geometry.count), geometry: geometry, divisors: divisors, format: format,
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
    _ values: UnsafePointer<Float>, _ elements: Range<Int>, geometry: ScopeGeometry, divisors: UnsafePointer<ScopeScale>,
    format: CodeFormat, random: CounterRandom, into packed: UnsafeMutablePointer<UInt8>
) {
    var cursor = ScopeCursor(divisors, geometry: geometry, at: elements.lowerBound)
    let rounding = LevelRounding(format)
    // All but the block's last chunk have a whole chunk behind them, whose bytes may be overwritten for now.
    let careful = max(elements.lowerBound, (elements.upperBound - 65) & ~63)
    for first in stride(from: elements.lowerBound, to: careful, by: 64) {
        // SAFETY: 128 elements from `first` on, and their bytes, lie inside the block.
        rounding.pack64(
            values + first, first, RoundingBits(random, chunk: first / 64), &cursor, into: packed + first / 8 * format.bits)
    }
    for first in stride(from: careful, to: elements.upperBound, by: 64) {
        // SAFETY: the chunk is copied before it is read as 64 elements, and only its own bytes are copied back.
        let count = min(64, elements.upperBound - first)
        var padded = SIMD64<Float>()
        var bytes = SIMD64<UInt8>()
        for index in 0..<count { padded[index] = values[first + index] }
        withUnsafePointer(to: &padded) { source in
            withUnsafeMutablePointer(to: &bytes) { target in
                let target = UnsafeMutableRawPointer(target).assumingMemoryBound(to: UInt8.self)
                rounding.pack64(
                    UnsafeRawPointer(source).assumingMemoryBound(to: Float.self), first,
                    RoundingBits(random, chunk: first / 64), &cursor, into: target)
                (packed + first / 8 * format.bits).update(from: target, count: format.packedBytes(count))
            }
        }
    }
}

/// Rounds and packs 64 elements at a time, eight in a vector.
private struct LevelRounding {
    private let lanes: CodeLanes
    /// `2^23 + levelShift`: added to a level, it leaves the code in the float's low bits.
    private let codeBias: Float

    init(_ format: CodeFormat) {
        lanes = CodeLanes(bits: format.bits)
        codeBias = 0x1p23 + Float(format.levelShift)
    }

    /// Codes the 64 elements at `values`, the tensor's elements from `first` on; writes eight bytes from each eighth code on.
    @inline(__always)
    func pack64(
        _ values: UnsafePointer<Float>, _ first: Int, _ bits: RoundingBits, _ cursor: inout ScopeCursor,
        into packed: UnsafeMutablePointer<UInt8>
    ) {
        withUnsafeBytes(of: bits.words) { words in
            // SAFETY: the caller's `values` has 64 elements, its `packed` eight bytes from each eight's first byte on.
            var source = UnsafeRawPointer(values)
            var target = UnsafeMutableRawPointer(packed)
            for word in 0..<4 {
                let bits = words.load(fromByteOffset: 32 &* word, as: SIMD8<UInt32>.self)
                let index = first &+ 16 &* word
                let low = codes(source.loadUnaligned(as: SIMD8<Int32>.self), cursor.next(index), bits & 0xFFFF)
                target.storeBytes(of: lanes.joined(low), as: UInt64.self)
                let upper = source.loadUnaligned(fromByteOffset: 32, as: SIMD8<Int32>.self)
                let high = codes(upper, cursor.next(index &+ 8), bits &>> 16)
                target.storeBytes(of: lanes.joined(high), toByteOffset: lanes.bits, as: UInt64.self)
                source += 64
                target += 2 &* lanes.bits
            }
        }
    }

    /// The codes of eight values, given as bit patterns, in the lanes' low bytes; the scale's step is not zero.
    @inline(__always)
    private func codes(
        _ value: SIMD8<Int32>, _ scale: (offset: SIMD8<Float>, step: SIMD8<Float>), _ bits: SIMD8<UInt32>
    ) -> SIMD8<Int32> {
        let magnitude = unsafeBitCast(value & 0x7FFF_FFFF, to: SIMD8<Float>.self)
        let position = (magnitude - scale.offset) / scale.step
        let below = position.rounded(.down)
        let threshold = (floats(bits) + 0.5) * 0x1p-16
        let level = below.replacing(with: below + 1, where: position - below .> threshold)
        let code = unsafeBitCast(level + codeBias, to: SIMD8<Int32>.self)
        let sign = value &>> 31
        return ((code ^ sign) &- sign).replacing(with: 0, where: magnitude .== 0)
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
