import CKernels

/// Codes a tensor: stochastic rounding to the levels of each group, packed to `format.bits` bits a value.
///
/// An element whose code would be x without rounding, sign and all, gets the code `floor(x + r / 65536)` with its 16 random bits r: one of
/// the two beside it, the upper with probability x - floor(x). Probabilities are multiples of 1/65536, at most 1.5/65536 off.
/// [Lai23 eq. 1-2] (corrected)
///
/// - Parameters:
///   - values: `geometry.count` finite elements.
///   - scales: one for each group, made by `format.scale(for:)` from the elements' ranges.
///   - random: the tensor's sequence, from which `roundingBitsReference` takes each element's bits.
///   - packed: `format.packedBytes(geometry.count)` bytes, overwritten.
package func quantizeAndPack(
    _ values: UnsafePointer<Float>, geometry: GroupGeometry, scales: [GroupScale], format: CodeFormat, random: CounterRandom,
    into packed: UnsafeMutablePointer<UInt8>, threads: Int
) {
    let random = RoundingSequence(random)
    withLevelCodes(scales, geometry, format) { codes in
        CodingBlocks.forEach(of: geometry.count, threads: threads) { elements in
            // SAFETY: blocks start at multiples of 64 elements, so no two of them share a byte of `packed`.
            InstructionSet.codes.quantize(
                values, gd_elements(elements), random.pointer, codes, packed)
        }
    }
    withExtendedLifetime(random) {}
}

/// The code of one element, in plain form.
package func roundedCodeReference(_ value: Float, scale: GroupScale, format: CodeFormat, bits: UInt32) -> Int {
    guard value != 0 else { return 0 }
    let magnitude = scaledCodeReference(value.magnitude, scale: scale, format: format)
    let code = ((value < 0 ? -magnitude : magnitude) + Int(bits)) >> 16
    return min(max(code, -format.largestCode), format.largestCode)
}

/// The code of a magnitude before it is rounded, times 65536, to the nearest integer.
func scaledCodeReference(_ magnitude: Float, scale: GroupScale, format: CodeFormat) -> Int {
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
    _ values: UnsafePointer<Float>, geometry: GroupGeometry, scales: [GroupScale], format: CodeFormat, random: CounterRandom,
    into packed: UnsafeMutablePointer<UInt8>
) {
    let codes = (0..<geometry.count).map { index in
        roundedCodeReference(
            values[index], scale: scales[index / geometry.groupSize], format: format, bits: roundingBitsReference(random, index))
    }
    packCodesReference(codes.map { Int8($0) }, bits: format.bits, into: packed)
}
