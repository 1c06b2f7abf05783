import Kernels

/// One side of a comparison, ready for distances.
package struct EvaluatedSet {
    /// Features `(n, d)`; nil where only their mean and covariance are known.
    package var features: Tensor?
    /// Mean and covariance from a file; nil where features are there to compute them.
    package var moments: FeatureMoments?
    /// Nil where there are no images.
    package var pixels: PixelStatistics?
    /// What a file of features says of them.
    package var origin: FeatureFile.Origin?
    /// The file that features came from or were kept in.
    package var keptIn: String?

    package init(
        features: Tensor? = nil, moments: FeatureMoments? = nil, pixels: PixelStatistics? = nil,
        origin: FeatureFile.Origin? = nil,
        keptIn: String? = nil
    ) {
        (self.features, self.moments, self.pixels, self.origin, self.keptIn) = (features, moments, pixels, origin, keptIn)
    }

    package var count: Int? { features?.shape[0] ?? moments?.count }
    package var featureCount: Int { features?.shape[1] ?? moments?.mean.count ?? 0 }

    /// The moments, computed where they are not there.
    package func moments(threads: Int) -> FeatureMoments {
        if let moments { return moments }
        guard let features else { preconditionFailure("a set of neither features nor moments") }
        return FeatureMoments(of: features, threads: threads)
    }
}
