import CKernels

/// The expected squared error of stochastic rounding, for several code formats in one pass: the sum of `step^2 p (1 - p)`, p an
/// element's probability of the upper of its two codes as `quantizeAndPack` draws it. Up to the square of p's own error, at most
/// 1e-9 squared steps a value, that is `sum over w != 0 of (|w| - m_l)(m_{l+1} - |w|)` with `m_l <= |w| <= m_{l+1}`. [Lai23 eq. 1] (corrected)
///
/// - Parameters:
///   - values: `geometry.count` finite elements.
///   - ranges: one for each group.
/// - Returns: one sum for each format.
package func expectedSquaredErrors(
    _ values: UnsafePointer<Float>, geometry: GroupGeometry, ranges: [MagnitudeRange], formats: [CodeFormat], threads: Int
) -> [Double] {
    precondition(ranges.count == geometry.groupCount, "one range a group")
    precondition(formats.count <= gd_most_formats, "too many formats")
    let pieces = GroupPieces(geometry)
    let shifts = formats.map { Int32($0.levelShift) }
    return parallelSums(formats.count, blocks: pieces.count, threads: threads) { number, terms in
        let (groups, elements) = pieces.piece(number)
        let levels = [gd_levels](unsafeUninitializedCapacity: groups.count * formats.count) { levels, count in
            for group in groups {
                for format in formats {
                    levels.initializeElement(at: count, to: gd_levels(format.scale(for: ranges[group])))
                    count += 1
                }
            }
        }
        // SAFETY: `elements` lies in 0..<count and in `groups`, and each piece has a term for each format.
        InstructionSet.statistics.rounding_errors(
            values + elements.lowerBound, Int64(elements.count), Int64(geometry.groupSize), levels, shifts,
            Int32(formats.count), terms)
    }
}

/// `expectedSquaredErrors` of one group, or part of one, and one format, in plain form.
package func expectedSquaredErrorReference(_ values: [Float], scale: GroupScale, format: CodeFormat) -> Double {
    guard scale.step > 0 else { return 0 }
    var totals = [Double](repeating: 0, count: 8)
    for run in stride(from: 0, to: values.count, by: 2048) {
        // (p - 1/2)^2 in units of 2^-64; 64 elements a round, those behind the last as if on a level.
        let rounds = (min(2048, values.count - run) + 63) / 64
        var lanes = [Float](repeating: 0, count: 64)
        for index in run..<(run + 64 * rounds) {
            let isZero = index >= values.count || values[index] == 0
            let code = isZero ? 0 : scaledCodeReference(values[index].magnitude, scale: scale, format: format)
            let centred = Float(Int32(truncatingIfNeeded: (code & 0xFFFF - 0x8000) << 16))
            lanes[(index - run) % 64] = lanes[(index - run) % 64].addingProduct(centred, centred)
        }
        for half in [32, 16] { for lane in 0..<half { lanes[lane] += lanes[half + lane] } }
        for lane in 0..<8 {
            let terms = Double(2 * rounds).addingProduct(Double(lanes[lane]) + Double(lanes[8 + lane]), -0x1p-64)
            totals[lane] = totals[lane].addingProduct(terms, Double(scale.step) * Double(scale.step))
        }
    }
    for half in [4, 2, 1] { for lane in 0..<half { totals[lane] += totals[half + lane] } }
    return totals[0]
}
