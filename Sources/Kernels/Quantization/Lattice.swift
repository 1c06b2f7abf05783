import CKernels

/// The multiples of one step, and how values are rounded to them.
///
/// With dither, an element's code is `round(x / step + u)`, ties to even, and stands for `(code - u) * step` with the same
/// `u = (r + 1/2) / 65536 - 1/2` on both sides, r its 16 random bits: unbiased, and the error is uniform within half a step whatever
/// the value. Without, the code is one of the two multiples beside x by stochastic rounding, and stands for `code * step`.
package struct Lattice: Sendable, Equatable {
    /// Positive and finite.
    package let step: Float
    package let dithered: Bool

    package init(step: Float, dithered: Bool) {
        precondition(step > 0 && step.isFinite, "no such step")
        (self.step, self.dithered) = (step, dithered)
    }

    /// Codes stay below this in magnitude, so that float32 holds them exactly.
    package static let codeLimit: Int32 = 1 << 23

    fileprivate var kernel: gd_step_lattice { gd_step_lattice(step: step, dither: dithered ? 1 : 0) }
}

/// The codes of `elements`.
///
/// - Parameters:
///   - values: the tensor; magnitudes below `codeLimit` steps.
///   - elements: start at a multiple of 64.
///   - random: the tensor's sequence, from which `roundingBitsReference` takes each element's bits.
///   - codes: room for `elements.count` rounded up to a multiple of 64, overwritten.
package func roundToLattice(
    _ values: UnsafePointer<Float>, _ elements: Range<Int>, lattice: Lattice, random: RoundingSequence,
    into codes: UnsafeMutablePointer<Int32>
) {
    let whole = elements.count & ~63
    var bits = random.bits(chunk: elements.lowerBound / 64)
    // SAFETY: whole chunks lie inside `elements`; the last one is copied before 64 of its elements are read.
    InstructionSet.codes.round_to_lattice(
        values + elements.lowerBound, Int64(whole / 64), &bits, lattice.kernel, codes)
    guard whole < elements.count else { return }
    var padded = [Float](repeating: 0, count: 64)
    for index in whole..<elements.count { padded[index - whole] = values[elements.lowerBound + index] }
    bits.chunk += Int64(whole / 64)
    InstructionSet.codes.round_to_lattice(padded, 1, &bits, lattice.kernel, codes + whole)
}

/// What the codes of elements `first ..< first + count` stand for.
///
/// - Parameters:
///   - codes: `count` codes below 2^24 in magnitude, and room for `count` rounded up to a multiple of 64.
///   - first: a multiple of 64.
///   - values: room for as many, overwritten.
package func restoreFromLattice(
    _ codes: UnsafePointer<Int32>, first: Int, count: Int, lattice: Lattice, random: RoundingSequence,
    into values: UnsafeMutablePointer<Float>
) {
    var bits = random.bits(chunk: first / 64)
    // SAFETY: the caller's buffers hold whole chunks.
    InstructionSet.codes.restore_from_lattice(codes, Int64((count + 63) / 64), &bits, lattice.kernel, values)
}

/// `roundToLattice` of one element, in plain form.
package func latticeCodeReference(_ value: Float, lattice: Lattice, bits: UInt32) -> Int32 {
    let position = value / lattice.step
    let uniform = (Float(bits) + 0.5) * 0x1p-16
    return Int32(lattice.dithered ? (position + (uniform - 0.5)).rounded(.toNearestOrEven) : (position + uniform).rounded(.down))
}

/// `restoreFromLattice` of one element, in plain form.
package func latticeValueReference(_ code: Int32, lattice: Lattice, bits: UInt32) -> Float {
    let dither = lattice.dithered ? (Float(bits) + 0.5) * 0x1p-16 - 0.5 : 0
    return (Float(code) - dither) * lattice.step
}
