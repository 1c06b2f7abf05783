import Kernels
import Records

/// All distances of two sets.
package struct Distances {
    package let frechet: Double
    /// Nil where features are not known image by image.
    package private(set) var kernel: KernelDistance?
    /// Nil also for sets that are too small for it.
    package private(set) var precisionRecall: PrecisionRecall?
    package private(set) var monge: Double?

    /// How many there are to wait for.
    package static let count = 4

    /// - Parameter progress: called with how many are done.
    /// - Throws: `EvaluationError` for features so large that a distance is not finite.
    package init(
        _ reference: EvaluatedSet, _ samples: EvaluatedSet, seed: UInt64, threads: Int, progress: (Double) -> Void
    ) throws(EvaluationError) {
        progress(0)
        frechet = try frechetDistance(reference.moments(threads: threads), samples.moments(threads: threads), threads: threads)
        progress(1)
        if let real = reference.features, let made = samples.features {
            kernel = KernelDistance.distance(reference: real, samples: made, seed: seed, threads: threads) { progress(1 + $0) }
            precisionRecall = PrecisionRecall(reference: real, samples: made, threads: threads)
            progress(3)
            monge = MongeDistance.distance(reference: real, samples: made, seed: seed, threads: threads)
        }
        progress(4)
        guard [frechet, kernel?.mean ?? 0, kernel?.standardError ?? 0, monge ?? 0].allSatisfy(\.isFinite) else {
            throw EvaluationError(
                "the features", "are so large that a distance is not finite", wayOut: "check what they were made with")
        }
    }
}

extension Distances {
    /// As the records of a run have them.
    package func record(imageCount: Int, network: String) -> ImageDistances {
        ImageDistances(
            frechet: frechet, kidMean: kernel?.mean, kidStandardError: kernel?.standardError,
            precision: precisionRecall?.precision,
            recall: precisionRecall?.recall, mind: monge, imageCount: imageCount, network: network)
    }
}
