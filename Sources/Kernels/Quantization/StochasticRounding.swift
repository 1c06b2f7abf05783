import CKernels

/// Codes a tensor: stochastic rounding to the levels of each scope, packed to `format.bits` bits a value.
///
/// An element whose code would be x without rounding, sign and all, gets the code `floor(x + r / 65536)` with its 16 random bits r: one of
/// the two beside it, the upper with probability x - floor(x). Probabilities are multiples of 1/65536, at most 1.5/65536 off.
/// [Lai23 eq. 1-2] (corrected)
///
/// - Parameters:
///   - values: `geometry.count` finite elements.
///   - scales: one for each scope, made by `format.scale(for:)` from the elements' ranges.
///   - random: the tensor's sequence, from which `roundingBitsReference` takes each element's bits.
///   - packed: `format.packedBytes(geometry.count)` bytes, overwritten.
package func quantizeAndPack(
    _ values: UnsafePointer<Float>, geometry: ScopeGeometry, scales: [ScopeScale], format: CodeFormat, random: CounterRandom,
    into packed: UnsafeMutablePointer<UInt8>, threads: Int
) {
    let random = RoundingSequence(random)
    withLevelCodes(scales, geometry, format) { codes in
        parallelFor(count: CodingBlocks.count(geometry.count), threads: threads) { block in
            // SAFETY: blocks start at multiples of 64 elements, so no two of them share a byte of `packed`.
            InstructionSet.codes.quantize(
                values, gd_elements(CodingBlocks.elements(block, of: geometry.count)), random.pointer, codes, packed)
        }
    }
    withExtendedLifetime(random) {}
}

/// The blocks that threads code or decode: fixed, multiples of the 64 elements that are coded together.
enum CodingBlocks {
    static let size = 1 << 14

    static func count(_ elements: Int) -> Int { (elements + size - 1) / size }
    static func elements(_ block: Int, of count: Int) -> Range<Int> { (block * size)..<min((block + 1) * size, count) }
}

extension gd_levels {
    init(_ scale: ScopeScale) { self.init(offset: scale.offset, step: scale.step) }
}

extension gd_elements {
    init(_ elements: Range<Int>) { self.init(first: Int64(elements.lowerBound), count: Int64(elements.count)) }
}

/// Calls `body` with a tensor's scales as the kernels take them, valid during the call.
func withLevelCodes(
    _ scales: [ScopeScale], _ geometry: ScopeGeometry, _ format: CodeFormat, _ body: (gd_level_codes) -> Void
) {
    precondition(scales.count == geometry.scopeCount, "one scale a scope")
    scales.withUnsafeBufferPointer { scales in
        // SAFETY: both types are an offset and a step in float32.
        scales.withMemoryRebound(to: gd_levels.self) { levels in
            body(
                gd_level_codes(
                    levels: levels.baseAddress, scope_size: Int64(geometry.scopeSize), shift: Int32(format.levelShift),
                    bits: Int32(format.bits)))
        }
    }
}

/// The code of one element, in plain form.
package func roundedCodeReference(_ value: Float, scale: ScopeScale, format: CodeFormat, bits: UInt32) -> Int {
    guard value != 0 else { return 0 }
    let magnitude = scaledCodeReference(value.magnitude, scale: scale, format: format)
    let code = ((value < 0 ? -magnitude : magnitude) + Int(bits)) >> 16
    return min(max(code, -format.largestCode), format.largestCode)
}

/// The code of a magnitude before it is rounded, times 65536, to the nearest integer.
func scaledCodeReference(_ magnitude: Float, scale: ScopeScale, format: CodeFormat) -> Int {
    // 65536 / step has to be finite. Where all magnitudes are the offset, any step will do.
    let lift: Float = scale.step > 0 && scale.step < 0x1p-111 ? 0x1p100 : 1
    let (offset, step) = (scale.offset * lift, scale.step > 0 ? scale.step * lift : 1)
    let (inverse, first) = (65536 / step, Float(65536 * format.levelShift))
    // One operation for the difference and the scale, unless too few digits would be left.
    let isNear = offset <= 64 * step
    let (origin, start) = isNear ? (0, first.addingProduct(-offset, inverse)) : (offset, first)
    return Int(start.addingProduct(magnitude * lift - origin, inverse).rounded(.toNearestOrEven))
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
