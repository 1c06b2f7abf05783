import Kernels

/// The kernel distance (KID) [Binkowski et al. 2018, 1801.01401]: the unbiased squared maximum mean discrepancy under the kernel
/// `(x y / d + 1)^3`, averaged over random subsets. It may fall below 0 for equal distributions.
package struct KernelDistance {
    /// Mean over the subsets.
    package let mean: Double
    /// Deviation of the subsets over the square root of their number. Where one subset holds all images of both sets, the delete-one
    /// jackknife over the images; nil for fewer than 3.
    package let standardError: Double?
    /// Images of each set in a subset.
    package let subsetSize: Int
    package let subsetCount: Int

    /// Images of a subset, unless a set has fewer, and subsets, as torch-fidelity has them.
    private static let subsetSize = 1000
    private static let subsetCount = 100

    /// Of `reference` and `samples`, `(n, d)` each, n at least 2.
    ///
    /// - Parameters:
    ///   - seed: draws the subsets.
    ///   - progress: called with the share of the subsets that is done.
    package static func distance(
        reference: Tensor, samples: Tensor, seed: UInt64, threads: Int, progress: (Double) -> Void = { _ in }
    ) -> KernelDistance {
        let counts = (reference.shape[0], samples.shape[0])
        let size = min(subsetSize, counts.0, counts.1)
        guard counts.0 > size || counts.1 > size else {
            let sums = KernelSums(reference, samples)
            return KernelDistance(
                mean: sums.discrepancy, standardError: sums.jackknifeError, subsetSize: size, subsetCount: 1)
        }
        var values: [Double] = []
        // A few at a time, for the sake of memory and of progress.
        for first in stride(from: 0, to: subsetCount, by: threads) {
            let subsets = (first..<min(first + threads, subsetCount)).map { subset in
                (
                    EvaluationRandom.subset(of: counts.0, size: size, .kernelReference, number: subset, seed: seed),
                    EvaluationRandom.subset(of: counts.1, size: size, .kernelSamples, number: subset, seed: seed)
                )
            }
            values += discrepancies(reference: reference, samples: samples, subsets: subsets, threads: threads)
            progress(Double(values.count) / Double(subsetCount))
        }
        return summary(of: values, subsetSize: size)
    }

    /// Mean and standard error of the discrepancies of at least two subsets (precondition).
    package static func summary(of values: [Double], subsetSize: Int) -> KernelDistance {
        precondition(values.count >= 2, "the deviation of \(values.count) subsets")
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return KernelDistance(
            mean: mean, standardError: (squares / (count - 1) / count).squareRoot(), subsetSize: subsetSize,
            subsetCount: values.count)
    }

    /// The squared discrepancy of each subset, given by rows of the two sets.
    package static func discrepancies(
        reference: Tensor, samples: Tensor, subsets: [(reference: [Int], samples: [Int])], threads: Int
    ) -> [Double] {
        parallelMap(blocks: subsets.count, threads: threads) { index in
            KernelSums(reference.rows(subsets[index].reference), samples.rows(subsets[index].samples)).discrepancy
        }
    }
}

/// The sums of the kernel that an unbiased discrepancy is made of.
private struct KernelSums {
    /// Sum over the others of its set for each image, then over the other set.
    private var within: [[Double]] = []
    private var across: [[Double]] = []

    init(_ first: Tensor, _ second: Tensor) {
        let (m, n, depth) = (first.shape[0], second.shape[0], first.shape[1])
        let products = Tensor(shape: [m, n])
        withExtendedLifetime((first, second)) {
            LinearAlgebra.product(first.base, m, second.base, n, depth: depth, into: products.base)
        }
        var (rows, columns) = ([Double](repeating: 0, count: m), [Double](repeating: 0, count: n))
        products.withSpan { values in
            for row in 0..<m {
                for column in 0..<n {
                    let value = Self.kernel(values[row * n + column], depth)
                    rows[row] += value
                    columns[column] += value
                }
            }
        }
        across = [rows, columns]
        within = [Self.sumsOfOthers(first), Self.sumsOfOthers(second)]
    }

    /// The kernel of two points of that product.
    private static func kernel(_ product: Float, _ depth: Int) -> Double {
        let base = product / Float(depth) + 1
        return Double(base * base * base)
    }

    private static func sumsOfOthers(_ features: Tensor) -> [Double] {
        let (count, depth) = (features.shape[0], features.shape[1])
        let products = Tensor(shape: [count, count])
        withExtendedLifetime(features) {
            LinearAlgebra.gram(features.base, count, depth: depth, into: products.base)
        }
        var sums = [Double](repeating: 0, count: count)
        products.withSpan { values in
            for row in 0..<count {
                for column in 0..<row {
                    let value = Self.kernel(values[row * count + column], depth)
                    sums[row] += value
                    sums[column] += value
                }
            }
        }
        return sums
    }

    private var counts: [Double] { within.map { Double($0.count) } }
    private var totals: [Double] { within.map { $0.reduce(0, +) } }
    private var crossTotal: Double { across[0].reduce(0, +) }

    var discrepancy: Double { Self.discrepancy(counts, totals, crossTotal) }

    private static func discrepancy(_ counts: [Double], _ totals: [Double], _ cross: Double) -> Double {
        totals[0] / (counts[0] * (counts[0] - 1)) + totals[1] / (counts[1] * (counts[1] - 1)) - 2 * cross
            / (counts[0] * counts[1])
    }

    /// The standard error by leaving out each image once, set by set.
    var jackknifeError: Double? {
        guard counts.allSatisfy({ $0 >= 3 }) else { return nil }
        let (totals, crossTotal) = (totals, crossTotal)
        var variance = 0.0
        for set in 0...1 {
            let count = counts[set]
            var counts = counts
            counts[set] -= 1
            let values = within[set].indices.map { image in
                var totals = totals
                totals[set] -= 2 * within[set][image]
                return Self.discrepancy(counts, totals, crossTotal - across[set][image])
            }
            let mean = values.reduce(0, +) / count
            variance += (count - 1) / count * values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        return variance.squareRoot()
    }
}
