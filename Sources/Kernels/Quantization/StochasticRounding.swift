import CKernels

/// Codes a tensor: stochastic rounding to the levels of each scope, packed to `format.bits` bits a value.
///
/// An element at `position` steps above level 0 becomes the level `floor(position + (r + 1/2) / 65536)` with its 16 random bits r: one of
/// the two beside it, unbiased. [Lai23 eq. 1-2] (corrected)
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
    precondition(scales.count == geometry.scopeCount, "one scale a scope")
    let levels = scales.map { gd_levels(offset: $0.offset, step: $0.divisor) }
    levels.withUnsafeBufferPointer { levels in
        let rounding = LevelRounding(
            geometry: geometry, levels: levels, shift: format.levelShift, random: RoundingSequence(random))
        parallelFor(count: CodingBlocks.count(geometry.count), threads: threads) { block in
            let elements = CodingBlocks.elements(block, of: geometry.count)
            withUnsafeTemporaryAllocation(of: Int8.self, capacity: CodingBlocks.size) { codes in
                guard let codes = codes.baseAddress else { return }
                rounding.round(values, elements, into: codes)
                // SAFETY: blocks start at multiples of 64 elements, so no two of them share a byte of `packed`.
                gd_pack_codes(codes, Int64(elements.count), Int32(format.bits), packed + elements.lowerBound / 8 * format.bits)
            }
        }
    }
}

/// The blocks that threads code or decode: fixed, multiples of the 64 elements that are coded together.
enum CodingBlocks {
    static let size = 1 << 14

    static func count(_ elements: Int) -> Int { (elements + size - 1) / size }
    static func elements(_ block: Int, of count: Int) -> Range<Int> { (block * size)..<min((block + 1) * size, count) }
}

/// Rounds blocks of a tensor to the levels of its scopes.
private struct LevelRounding {
    let geometry: ScopeGeometry
    /// Steps that are not zero, one for each scope.
    let levels: UnsafeBufferPointer<gd_levels>
    let shift: Int
    let random: RoundingSequence

    /// The codes of `elements`, which start at a multiple of 64; `codes` has room for whole chunks of 64.
    func round(_ values: UnsafePointer<Float>, _ elements: Range<Int>, into codes: UnsafeMutablePointer<Int8>) {
        var first = elements.lowerBound
        while first < elements.upperBound {
            let scope = first / geometry.scopeSize
            let chunks = (min(geometry.range(scope).upperBound, elements.upperBound) - first) / 64
            // SAFETY: `chunks` whole chunks lie inside the block, and their scope has levels.
            let target = codes + (first - elements.lowerBound)
            if chunks > 0 {
                let code = gd_level_codes(levels: levels.baseAddress! + scope, each: 0, shift: Int32(shift))
                var draw = random.draw(chunk: first / 64)
                gd_simd_selected().pointee.round_to_levels(values + first, Int64(chunks), &draw, code, target)
            } else {
                roundMixed(values, first..<min(first + 64, elements.upperBound), into: target)
            }
            first += 64 * max(chunks, 1)
        }
    }

    /// A chunk that ends early or whose elements have several scales.
    private func roundMixed(_ values: UnsafePointer<Float>, _ elements: Range<Int>, into codes: UnsafeMutablePointer<Int8>) {
        var padded = [Float](repeating: 0, count: 64)
        var each = [gd_levels](repeating: gd_levels(offset: 0, step: 1), count: 64)
        for (index, element) in elements.enumerated() {
            padded[index] = values[element]
            each[index] = levels[element / geometry.scopeSize]
        }
        each.withUnsafeBufferPointer { each in
            var draw = random.draw(chunk: elements.lowerBound / 64)
            let code = gd_level_codes(levels: each.baseAddress, each: 1, shift: Int32(shift))
            gd_simd_selected().pointee.round_to_levels(padded, 1, &draw, code, codes)
        }
    }
}

/// The code of one element, in plain form.
package func roundedCodeReference(_ value: Float, scale: ScopeScale, format: CodeFormat, bits: UInt32) -> Int {
    guard value != 0 else { return 0 }
    let level = Int(scale.position(value.magnitude) + (Float(bits) + 0.5) * 0x1p-16)
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
