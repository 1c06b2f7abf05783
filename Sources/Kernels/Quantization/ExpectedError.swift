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
                // SAFETY: `elements` lies in 0..<count.
                let part = UnsafeBufferPointer(start: values + elements.lowerBound, count: elements.count)
                for index in formats.indices {
                    sums[index] += expectedSquaredError(part, scale: formats[index].scale(for: ranges[scope]))
                }
            }
        }
    }
    return formats.indices.map { index in
        stride(from: index, to: partials.count, by: formats.count).reduce(0.0) { $0 + partials[$1] }
    }
}

/// Elements whose terms are summed in float32 before they enter a sum in Double.
private let runLength = 512

/// The sum over one scope, or part of one.
///
/// In units of `step^2` an element's term is `f * (1 - f)`, f its distance from the level below in steps. Runs of 512 elements are
/// summed in eight float32 lanes, element i in lane `i % 8`; lanes, then runs, are summed in order in Double.
private func expectedSquaredError(_ values: UnsafeBufferPointer<Float>, scale: ScopeScale) -> Double {
    guard scale.step > 0, let base = values.baseAddress else { return 0 }
    let offset = SIMD8(repeating: scale.offset)
    let step = SIMD8(repeating: scale.step)
    @inline(__always) func terms(_ bits: SIMD8<UInt32>) -> SIMD8<Float> {
        let magnitude = unsafeBitCast(bits & 0x7FFF_FFFF, to: SIMD8<Float>.self)
        let position = ((magnitude - offset) / step).replacing(with: 0, where: magnitude .== 0)
        let fraction = position - position.rounded(.down)
        return fraction * (1 - fraction)
    }
    var sum = 0.0
    for run in stride(from: 0, to: values.count, by: runLength) {
        let end = min(run + runLength, values.count)
        let whole = run + (end - run) & ~7
        var lanes = SIMD8<Float>()
        for index in stride(from: run, to: whole, by: 8) {
            // SAFETY: `whole` does not exceed `values.count`.
            lanes += terms(UnsafeRawPointer(base + index).loadUnaligned(as: SIMD8<UInt32>.self))
        }
        if whole < end {
            var rest = SIMD8<UInt32>()
            for index in whole..<end { rest[index - whole] = base[index].bitPattern }
            lanes += terms(rest)
        }
        sum += (0..<8).reduce(0.0) { $0 + Double(lanes[$1]) }
    }
    return sum * Double(scale.step) * Double(scale.step)
}

/// `expectedSquaredErrors` of one scope, or part of one, and one format, in plain form.
package func expectedSquaredErrorReference(_ values: [Float], scale: ScopeScale) -> Double {
    var sum = 0.0
    for run in stride(from: 0, to: values.count, by: runLength) {
        var lanes = [Float](repeating: 0, count: 8)
        for index in run..<min(run + runLength, values.count) where values[index] != 0 {
            let position = scale.position(values[index].magnitude)
            let fraction = position - position.rounded(.down)
            lanes[(index - run) % 8] += fraction * (1 - fraction)
        }
        sum += lanes.reduce(0.0) { $0 + Double($1) }
    }
    return sum * Double(scale.step) * Double(scale.step)
}
