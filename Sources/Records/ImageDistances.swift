/// How far images that a model drew are from a reference, by the features of a network (docs/evaluate.md).
public struct ImageDistances: Sendable, Equatable {
    /// Frechet distance between normal distributions of the features' moments.
    public let frechet: Double
    /// Kernel distance, unbiased; nil where features are not known image by image.
    public let kidMean: Double?
    /// Of `kidMean`; nil for fewer than 3 images.
    public let kidStandardError: Double?
    /// Share of drawn images within the reference's manifold; nil where there were too few images.
    public let precision: Double?
    /// Share of the reference's images within the manifold of those drawn; nil where there were too few images.
    public let recall: Double?
    /// Sliced Wasserstein distance of the features [arXiv 2605.06797].
    public let mind: Double?
    /// Images a side.
    public let imageCount: Int
    /// The network's hash, shortened; nil in records of earlier versions.
    public let network: String?

    /// Whether `other` is a distance of the same kind: by the same network, of as many images.
    package func compares(with other: ImageDistances) -> Bool { network == other.network && imageCount == other.imageCount }

    package init(
        frechet: Double, kidMean: Double?, kidStandardError: Double?, precision: Double?, recall: Double?, mind: Double?,
        imageCount: Int, network: String?
    ) {
        self.network = network
        (self.frechet, self.kidMean, self.kidStandardError) = (frechet, kidMean, kidStandardError)
        (self.precision, self.recall, self.mind, self.imageCount) = (precision, recall, mind, imageCount)
    }
}

/// A record that may say how far the model's images were from real ones by then. Its fields lie beside the others in the record's line.
package protocol RecordOfDistances {
    var frechetDistance: Double? { get set }
    var kidMean: Double? { get set }
    var kidStandardError: Double? { get set }
    var precision: Double? { get set }
    var recall: Double? { get set }
    var mind: Double? { get set }
    var distanceImages: Int? { get set }
    var distanceNetwork: String? { get set }
}

extension RecordOfDistances {
    /// Nil without evaluation of images at this round or step.
    package var distances: ImageDistances? {
        get {
            guard let frechetDistance, let distanceImages else { return nil }
            return ImageDistances(
                frechet: frechetDistance, kidMean: kidMean, kidStandardError: kidStandardError, precision: precision,
                recall: recall, mind: mind, imageCount: distanceImages, network: distanceNetwork)
        }
        set {
            (frechetDistance, distanceImages) = (newValue?.frechet, newValue?.imageCount)
            (kidMean, kidStandardError) = (newValue?.kidMean, newValue?.kidStandardError)
            (precision, recall, mind) = (newValue?.precision, newValue?.recall, newValue?.mind)
            distanceNetwork = newValue?.network
        }
    }
}

extension RoundRecord: RecordOfDistances {}
extension PretrainingRecord: RecordOfDistances {}
