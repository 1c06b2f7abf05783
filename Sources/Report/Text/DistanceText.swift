import Foundation
import Records

extension ImageDistances {
    /// The distance that a few hundred images tell best: `KID 1.404`, or the Frechet distance of too few images for that.
    package var shortText: String {
        kidMean.map { "KID \(Quantity.significant($0))" } ?? "Frechet \(Quantity.significant(frechet))"
    }

    /// `KID 1.404 +- 0.053, Frechet 1036, precision 0.298, recall 0.06 (500 images)`
    package var text: String {
        let error = kidStandardError.map { " +- \(Quantity.significant($0))" } ?? ""
        let parts = [
            kidMean.map { "KID \(Quantity.significant($0))\(error)" }, "Frechet \(Quantity.significant(frechet))",
            precision.map { "precision \(Quantity.significant($0))" }, recall.map { "recall \(Quantity.significant($0))" },
        ]
        return parts.compactMap(\.self).joined(separator: ", ") + " (\(imageCount) images)"
    }
}
