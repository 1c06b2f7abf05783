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
    let pieces = ScopePieces(geometry)
    var partials = [Double](repeating: 0, count: pieces.count * formats.count)
    partials.withUnsafeMutableBufferPointer { partials in
        let partials = partials
        parallelFor(count: pieces.count, threads: threads) { piece in
            pieces.forEachPart(of: piece) { scope, elements in
                for (index, format) in formats.enumerated() {
                    let scale = format.scale(for: ranges[scope])
                    // SAFETY: `elements` lies in 0..<count.
                    partials[piece * formats.count + index] += expectedSquaredErrorReference(values, elements, scale: scale)
                }
            }
        }
    }
    return formats.indices.map { index in
        stride(from: index, to: partials.count, by: formats.count).reduce(0.0) { $0 + partials[$1] }
    }
}

/// The sum over one scope, or part of one, in plain form.
package func expectedSquaredErrorReference(
    _ values: UnsafePointer<Float>, _ elements: Range<Int>, scale: ScopeScale
) -> Double {
    var sum = 0.0
    for index in elements where values[index] != 0 {
        let position = scale.position(values[index].magnitude)
        let fraction = position - position.rounded(.down)
        sum += Double(fraction * (1 - fraction))
    }
    return sum * Double(scale.step) * Double(scale.step)
}
