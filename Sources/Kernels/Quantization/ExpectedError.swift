import CKernels

/// The exact expected squared error of stochastic rounding, for several code formats in one pass:
/// `D = sum over w != 0 of (|w| - m_l)(m_{l+1} - |w|)` with `m_l <= |w| <= m_{l+1}`. [Lai23 eq. 2] (corrected)
///
/// - Parameters:
///   - values: `geometry.count` finite elements.
///   - ranges: one for each scope.
/// - Returns: one sum for each format.
package func expectedSquaredErrors(
    _ values: UnsafePointer<Float>, geometry: ScopeGeometry, ranges: [MagnitudeRange], formats: [CodeFormat], threads: Int
) -> [Double] {
    precondition(ranges.count == geometry.scopeCount, "one range a scope")
    let pieces = ScopePieces(geometry)
    var partials = [Double](repeating: 0, count: pieces.count * formats.count)
    partials.withUnsafeMutableBufferPointer { partials in
        let partials = partials
        parallelFor(count: pieces.count, threads: threads) { piece in
            let sums = UnsafeMutableBufferPointer(rebasing: partials[(piece * formats.count)..<((piece + 1) * formats.count)])
            pieces.forEachPart(of: piece) { scope, elements in
                var levels = formats.map { format in
                    let scale = format.scale(for: ranges[scope])
                    return gd_levels(offset: scale.offset, step: scale.step)
                }
                // SAFETY: `elements` lies in 0..<count, and `sums` has one for each format.
                gd_simd_selected().pointee.add_rounding_errors(
                    values + elements.lowerBound, Int64(elements.count), &levels, Int32(formats.count), sums.baseAddress)
            }
        }
    }
    return formats.indices.map { index in
        stride(from: index, to: partials.count, by: formats.count).reduce(0.0) { $0 + partials[$1] }
    }
}

/// `expectedSquaredErrors` of one scope, or part of one, and one format, in plain form.
package func expectedSquaredErrorReference(_ values: [Float], scale: ScopeScale) -> Double {
    var total = 0.0
    for run in stride(from: 0, to: values.count, by: 512) {
        var lanes = [Float](repeating: 0, count: 16)
        for index in run..<min(run + 512, values.count) where values[index] != 0 {
            let position = scale.position(values[index].magnitude)
            let fraction = position - position.rounded(.down)
            lanes[(index - run) % 16] += fraction * (1 - fraction)
        }
        total += lanes.reduce(0.0) { $0 + Double($1) } * Double(scale.step) * Double(scale.step)
    }
    return total
}
