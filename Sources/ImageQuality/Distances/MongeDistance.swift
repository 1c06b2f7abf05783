import Kernels

/// The Monge Inception Distance (MIND) [Berthet et al. 2026, 2605.06797]: `3 d` times the squared sliced 2-Wasserstein distance, the mean
/// over random directions of the squared differences of the sorted projections.
package enum MongeDistance {
    /// Directions, as torch-fidelity has them.
    package static let directionCount = 1000
    /// Directions whose projections are computed together.
    private static let block = 32

    /// Of `reference` and `samples`, `(n, d)` each. Of the larger set as many images as the smaller one has are drawn.
    ///
    /// - Parameter seed: draws directions and images.
    package static func distance(reference: Tensor, samples: Tensor, seed: UInt64, threads: Int) -> Double {
        let count = min(reference.shape[0], samples.shape[0])
        let pair = [(reference, EvaluationRandom.Use.mongeReference), (samples, .mongeSamples)].map { features, use in
            features.shape[0] == count
                ? features
                : features.rows(EvaluationRandom.subset(of: features.shape[0], size: count, use, number: 0, seed: seed))
        }
        let directions = EvaluationRandom.directions(directionCount, extent: reference.shape[1], seed: seed)
        return distance(pair[0], pair[1], directions: directions, threads: threads)
    }

    /// - Parameters:
    ///   - first: `(n, d)`.
    ///   - second: `(n, d)`.
    ///   - directions: `(m, d)`, of length 1.
    package static func distance(_ first: Tensor, _ second: Tensor, directions: Tensor, threads: Int) -> Double {
        precondition(first.shape == second.shape && directions.shape[1] == first.shape[1], "sets of two shapes")
        let (count, extent, all) = (first.shape[0], first.shape[1], directions.shape[0])
        let sums = parallelSums(1, blocks: (all + block - 1) / block, threads: threads) { number, sum in
            let range = number * block..<min((number + 1) * block, all)
            let projected = [first, second].map { sortedProjections($0, directions, range) }
            for index in 0..<range.count * count {
                let difference = Double(projected[0][index]) - Double(projected[1][index])
                sum.pointee += difference * difference
            }
        }
        return 3 * Double(extent) * sums[0] / Double(count * all)
    }

    /// `(directions, n)`: each row ascending.
    private static func sortedProjections(_ features: Tensor, _ directions: Tensor, _ range: Range<Int>) -> [Float] {
        let (count, extent) = (features.shape[0], features.shape[1])
        var result = [Float](repeating: 0, count: range.count * count)
        result.withUnsafeMutableBufferPointer { target in
            guard let base = target.baseAddress else { return }
            withExtendedLifetime((features, directions)) {
                // SAFETY: directions `range`, `features` and `result` have these extents.
                LinearAlgebra.product(
                    directions.base + range.lowerBound * extent, range.count, features.base, count, depth: extent, into: base)
            }
            for row in 0..<range.count { target[row * count..<(row + 1) * count].sort() }
        }
        return result
    }
}
