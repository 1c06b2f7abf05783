import Kernels

/// One side of a comparison, ready for distances.
struct EvaluatedSet {
    /// Features `(n, d)`; nil where only their mean and covariance are known.
    var features: Tensor?
    /// Mean and covariance from a file; nil where features are there to compute them.
    var moments: FeatureMoments?
    /// Nil where there are no images.
    var pixels: PixelStatistics?
    /// What a file of features says of them.
    var origin: FeatureFile.Origin?
    /// The file that features came from or were kept in.
    var keptIn: String?

    var count: Int? { features?.shape[0] ?? moments?.count }
    var featureCount: Int { features?.shape[1] ?? moments?.mean.count ?? 0 }

    /// The moments, computed where they are not there.
    func moments(threads: Int) -> FeatureMoments {
        if let moments { return moments }
        guard let features else { preconditionFailure("a set of neither features nor moments") }
        return FeatureMoments(of: features, threads: threads)
    }
}
