import Kernels

/// Mean and covariance of features, in Double.
package struct FeatureMoments {
    /// Images that they are of; nil where a file does not say.
    package let count: Int?
    /// `(d)`.
    package let mean: [Double]
    /// `(d, d)`, symmetric, divided by `count - 1`.
    package let covariance: [Double]

    package init(count: Int?, mean: [Double], covariance: [Double]) {
        precondition(covariance.count == mean.count * mean.count, "a covariance of another extent than the mean")
        (self.count, self.mean, self.covariance) = (count, mean, covariance)
    }

    /// Side of the parts of the covariance that are computed by themselves, and images that are added at once.
    private static let tile = 256
    private static let block = 512

    /// Of `features` `(n, d)`, n at least 2 (precondition). The order of every sum is fixed: bytes do not depend on `threads`.
    package init(of features: Tensor, threads: Int) {
        let (count, extent) = (features.shape[0], features.shape[1])
        precondition(count >= 2, "a covariance of \(count) images")
        let mean = Self.mean(of: features, threads: threads)
        let tiles = (extent + Self.tile - 1) / Self.tile
        let pairs = (0..<tiles).flatMap { row in (row..<tiles).map { (row, $0) } }
        let parts = parallelMap(blocks: pairs.count, threads: threads) { index in
            Self.products(of: features, mean: mean, rows: pairs[index].0, columns: pairs[index].1)
        }
        var covariance = [Double](repeating: 0, count: extent * extent)
        for ((rowTile, columnTile), part) in zip(pairs, parts) {
            let (rows, columns) = (Self.range(rowTile, extent), Self.range(columnTile, extent))
            for row in rows {
                for column in columns {
                    let value = part[(row - rows.lowerBound) * columns.count + column - columns.lowerBound] / Double(count - 1)
                    covariance[row * extent + column] = value
                    covariance[column * extent + row] = value
                }
            }
        }
        self.init(count: count, mean: mean, covariance: covariance)
    }

    private static func range(_ tile: Int, _ extent: Int) -> Range<Int> {
        tile * Self.tile..<min((tile + 1) * Self.tile, extent)
    }

    /// `(d)`: each column summed from the first image to the last.
    private static func mean(of features: Tensor, threads: Int) -> [Double] {
        let (count, extent) = (features.shape[0], features.shape[1])
        let parts = parallelMap(blocks: (extent + tile - 1) / tile, threads: threads) { index in
            let columns = range(index, extent)
            var sums = [Double](repeating: 0, count: columns.count)
            features.withSpan { values in
                for row in 0..<count {
                    for (position, column) in columns.enumerated() { sums[position] += Double(values[row * extent + column]) }
                }
            }
            return sums.map { $0 / Double(count) }
        }
        return parts.flatMap { $0 }
    }

    /// One tile of the sum over all images of the products of deviations from the mean.
    private static func products(of features: Tensor, mean: [Double], rows: Int, columns: Int) -> [Double] {
        let (count, extent) = (features.shape[0], features.shape[1])
        let (rows, columns) = (range(rows, extent), range(columns, extent))
        var result = [Double](repeating: 0, count: rows.count * columns.count)
        for first in stride(from: 0, to: count, by: block) {
            let images = first..<min(first + block, count)
            LinearAlgebra.accumulateProduct(
                deviations(features, mean, images, rows), rows.count, deviations(features, mean, images, columns), columns.count,
                rows: images.count, into: &result)
        }
        return result
    }

    private static func deviations(_ features: Tensor, _ mean: [Double], _ rows: Range<Int>, _ columns: Range<Int>) -> [Double] {
        let extent = features.shape[1]
        var result: [Double] = []
        result.reserveCapacity(rows.count * columns.count)
        features.withSpan { values in
            for row in rows {
                for column in columns { result.append(Double(values[row * extent + column]) - mean[column]) }
            }
        }
        return result
    }
}
