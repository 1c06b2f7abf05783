import Kernels

/// Precision and recall of samples against a reference [Kynkaanniemi et al. 2019, 1904.06991]: the share of one set that lies among the
/// other, that is inside the ball around one of its points that reaches to its third nearest neighbour.
package struct PrecisionRecall {
    /// Share of the samples that lie among the reference: how true they look.
    package let precision: Double
    /// Share of the reference that lies among the samples: how much of it they cover.
    package let recall: Double

    /// Neighbours that a ball reaches to.
    package static let neighbours = 3
    /// Rows of distances that are computed together.
    private static let block = 128

    /// Of `reference` and `samples`, `(n, d)` each; nil where a set has no third neighbour.
    package init?(reference: Tensor, samples: Tensor, threads: Int) {
        guard min(reference.shape[0], samples.shape[0]) > Self.neighbours else { return nil }
        let (first, second) = (Points(reference), Points(samples))
        let (referenceRadii, sampleRadii) = (Self.radii(first, threads), Self.radii(second, threads))
        precision = Self.share(of: second, among: first, referenceRadii, threads)
        recall = Self.share(of: first, among: second, sampleRadii, threads)
    }

    /// Features with their squared norms.
    private struct Points {
        let features: Tensor
        let norms: [Float]
        var count: Int { features.shape[0] }

        init(_ features: Tensor) {
            self.features = features
            let extent = features.shape[1]
            norms = features.withSpan { values in
                (0..<values.count / max(extent, 1)).map { row in
                    Float((0..<extent).reduce(0.0) { $0 + Double(values[row * extent + $1]) * Double(values[row * extent + $1]) })
                }
            }
        }
    }

    /// Calls `body` with each block's rows of `points` and their squared distances `(rows, others.count)`.
    private static func forEachBlock<Value>(
        _ points: Points, to others: Points, _ threads: Int, _ body: (_ rows: Range<Int>, _ distances: [Float]) -> Value
    ) -> [Value] {
        let extent = points.features.shape[1]
        return parallelMap(blocks: (points.count + block - 1) / block, threads: threads) { number in
            let rows = number * block..<min((number + 1) * block, points.count)
            var distances = [Float](repeating: 0, count: rows.count * others.count)
            distances.withUnsafeMutableBufferPointer { target in
                guard let base = target.baseAddress else { return }
                withExtendedLifetime((points, others)) {
                    // SAFETY: rows `rows` of `points`, all of `others` and `distances` have these extents.
                    LinearAlgebra.product(
                        points.features.base + rows.lowerBound * extent, rows.count, others.features.base, others.count,
                        depth: extent, into: base)
                }
                for row in rows {
                    let start = (row - rows.lowerBound) * others.count
                    for column in 0..<others.count {
                        target[start + column] = max(0, points.norms[row] + others.norms[column] - 2 * target[start + column])
                    }
                }
            }
            return body(rows, distances)
        }
    }

    /// Squared distance of each point to its third nearest other one.
    private static func radii(_ points: Points, _ threads: Int) -> [Float] {
        forEachBlock(points, to: points, threads) { rows, distances in
            rows.map { row in
                // Ascending; a handful, so that inserting is fastest.
                var nearest = [Float](repeating: .infinity, count: neighbours)
                for column in 0..<points.count where column != row {
                    let distance = distances[(row - rows.lowerBound) * points.count + column]
                    guard distance < nearest[neighbours - 1] else { continue }
                    var place = neighbours - 1
                    while place > 0, nearest[place - 1] > distance {
                        nearest[place] = nearest[place - 1]
                        place -= 1
                    }
                    nearest[place] = distance
                }
                return nearest[neighbours - 1]
            }
        }.flatMap { $0 }
    }

    /// The share of `points` inside a ball of `centers`.
    private static func share(of points: Points, among centers: Points, _ radii: [Float], _ threads: Int) -> Double {
        let covered = forEachBlock(points, to: centers, threads) { rows, distances in
            rows.count { row in
                let start = (row - rows.lowerBound) * centers.count
                return radii.indices.contains { distances[start + $0] <= radii[$0] }
            }
        }
        return Double(covered.reduce(0, +)) / Double(points.count)
    }
}
