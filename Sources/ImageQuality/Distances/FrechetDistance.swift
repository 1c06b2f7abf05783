import Kernels

/// The squared Frechet (2-Wasserstein) distance of two normal distributions [Heusel et al. 2017, 1706.08500, eq. 6]:
/// `|m1 - m2|^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2)`.
///
/// The last trace is the sum of the singular values of `F1' F2`, where `Si = Fi Fi'`, which is the same as
/// `tr (S1^(1/2) S2 S1^(1/2))^(1/2)`: nothing is squared that is rooted again, so covariances without full rank, those of fewer images than
/// features, lose no digits.
///
/// - Throws: `EvaluationError` where LAPACK finds no eigenvalues.
package func frechetDistance(
    _ first: FeatureMoments, _ second: FeatureMoments, threads: Int
) throws(EvaluationError) -> Double {
    precondition(first.mean.count == second.mean.count, "features of two networks")
    let extent = first.mean.count
    let moments = [first, second]
    let factors = parallelMap(blocks: 2, threads: threads) { index in
        Result { () throws(EvaluationError) in try CovarianceFactor(moments[index].covariance, extent) }
    }
    let (left, right) = (try factors[0].get(), try factors[1].get())
    let product = LinearAlgebra.product(left.rows, left.rank, right.rows, right.rank, depth: extent)
    let trace = try LinearAlgebra.singularValues(product, left.rank, right.rank).reduce(0, +)
    let shift = zip(first.mean, second.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    // Equal distributions may come out below 0 by rounding.
    return max(0, shift + left.trace + right.trace - 2 * trace)
}

/// A matrix F whose product with its transpose is a covariance: eigenvectors times the roots of their eigenvalues.
private struct CovarianceFactor {
    /// Columns of F, one a row here: `(rank, d)`.
    let rows: [Double]
    let rank: Int
    /// Sum of the diagonal.
    let trace: Double

    init(_ covariance: [Double], _ extent: Int) throws(EvaluationError) {
        let (values, vectors) = try LinearAlgebra.symmetricEigen(covariance, extent)
        // Below it an eigenvalue is rounding, as numerical libraries count ranks.
        let threshold = Double(extent) * Double.ulpOfOne * (values.last ?? 0)
        let kept = values.indices.filter { values[$0] > threshold }
        rows = kept.flatMap { index in
            let root = values[index].squareRoot()
            return vectors[index * extent..<(index + 1) * extent].map { $0 * root }
        }
        rank = kept.count
        trace = (0..<extent).reduce(0) { $0 + covariance[$1 * (extent + 1)] }
    }
}
