/// How far a result is from its reference, by the project's measure: `||g - r|| / (||r|| + 1e-6 * ||all r||)`.
///
/// `allNorm` is the norm over all tensors of the comparison (0 for a lone tensor). Any NaN or infinity gives NaN, which
/// `isClose` refuses.
public func relativeError(_ result: [Float], _ reference: [Float], allNorm: Double = 0) -> Double {
    guard result.count == reference.count else { return .nan }
    var difference = 0.0
    var norm = 0.0
    for (g, r) in zip(result, reference) {
        let delta = Double(g) - Double(r)
        difference += delta * delta
        norm += Double(r) * Double(r)
    }
    guard difference.isFinite, norm.isFinite else { return .nan }
    let denominator = norm.squareRoot() + 1e-6 * allNorm
    return denominator == 0 ? (difference == 0 ? 0 : .infinity) : difference.squareRoot() / denominator
}

/// True where `result` has the reference's length and lies within `tolerance` of it; false on any NaN.
public func isClose(_ result: [Float], _ reference: [Float], tolerance: Double, allNorm: Double = 0) -> Bool {
    relativeError(result, reference, allNorm: allNorm) <= tolerance
}

/// The Euclidean norm, in Double.
public func norm(_ values: [Float]) -> Double { values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
