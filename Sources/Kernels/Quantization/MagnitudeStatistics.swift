import CKernels

/// What one pass over a tensor finds before its scales are known.
package struct MagnitudeStatistics {
    /// Magnitudes must stay below this so that levels, which may exceed the largest magnitude by rounding, stay finite.
    package static let magnitudeLimit: Float = 0x1p127

    /// The range of every group.
    package let ranges: [MagnitudeRange]
    /// Sum of squares of all elements.
    package let squaredNorm: Double
    /// The first element that is not below the magnitude limit: NaN, infinite, or too large.
    package let firstRejected: Int?

    /// Of the `geometry.count` little-endian floats at `values`, which need no alignment.
    package init(_ values: UnsafeRawPointer, geometry: GroupGeometry, threads: Int) {
        let pieces = GroupPieces(geometry)
        var ranges = [MagnitudeRange](repeating: MagnitudeRange(), count: geometry.groupCount)
        let partials = ranges.withUnsafeMutableBufferPointer { ranges in
            let ranges = ranges
            return parallelMap(blocks: pieces.count, threads: threads) { number in
                let (groups, elements) = pieces.piece(number)
                var partial = PartialStatistics(firstGroup: groups.lowerBound)
                for group in groups {
                    let part = geometry.range(group).clamped(to: elements)
                    // SAFETY: `part` lies in 0..<count.
                    let found = InstructionSet.statistics.magnitude_statistics(values + 4 * part.lowerBound, Int64(part.count))
                    let range = MagnitudeRange(found)
                    if group == groups.lowerBound { partial.firstRange = range } else { ranges[group] = range }
                    partial.squares += found.squares
                }
                return partial
            }
        }
        for partial in partials { ranges[partial.firstGroup].merge(partial.firstRange) }
        squaredNorm = partials.reduce(0) { $0 + $1.squares }
        let rejects = ranges.contains { !($0.largest < Self.magnitudeLimit) }
        firstRejected = rejects ? (0..<geometry.count).first { !(magnitude(values, $0) < Self.magnitudeLimit) } : nil
        self.ranges = ranges
    }
}

/// A piece's share: its first group may have begun in other pieces, all others are its own.
private struct PartialStatistics {
    let firstGroup: Int
    var firstRange = MagnitudeRange()
    var squares = 0.0
}

@inline(__always)
private func magnitude(_ values: UnsafeRawPointer, _ index: Int) -> Float {
    values.loadUnaligned(fromByteOffset: 4 * index, as: Float.self).magnitude
}

extension MagnitudeRange {
    /// NaN counts as a magnitude above infinity.
    fileprivate init(_ statistics: gd_magnitude_statistics) {
        guard statistics.largest > 0 else {
            self.init()
            return
        }
        let largest = Float(bitPattern: statistics.largest)
        self.init(smallest: Float(bitPattern: statistics.smallest_less_one + 1), largest: largest.isNaN ? .infinity : largest)
    }
}

/// The smallest and largest non-zero magnitude of a group; (infinity, 0) where there is none.
package struct MagnitudeRange: Sendable, Equatable {
    package var smallest: Float = .infinity
    package var largest: Float = 0

    package init() {}
    package init(smallest: Float, largest: Float) { (self.smallest, self.largest) = (smallest, largest) }

    mutating func merge(_ other: MagnitudeRange) {
        smallest = min(smallest, other.smallest)
        largest = max(largest, other.largest)
    }
}

/// `MagnitudeStatistics` of one group, or part of one, in plain form.
package func magnitudeStatisticsReference(_ values: [Float]) -> (range: MagnitudeRange, squares: Double) {
    var range = MagnitudeRange()
    var lanes = [Double](repeating: 0, count: 32)
    for (index, value) in values.enumerated() {
        let magnitude = value.magnitude
        if magnitude != 0, magnitude < range.smallest { range.smallest = magnitude }
        range.largest = magnitude.isNaN ? .infinity : max(range.largest, magnitude)
        lanes[index % 32] += Double(magnitude) * Double(magnitude)
    }
    for half in [16, 8, 4, 2, 1] { for lane in 0..<half { lanes[lane] += lanes[half + lane] } }
    return (range, lanes[0])
}
