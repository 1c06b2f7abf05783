/// What one pass over a tensor finds before its scales are known.
package struct MagnitudeSurvey {
    /// The range of every scope.
    package var ranges: [MagnitudeRange]
    /// Sum of squares of all elements.
    package var squaredNorm: Double
    /// The first element that is not below the magnitude limit: NaN, infinity, or too large.
    package var firstRejected: Int?
}

extension MagnitudeSurvey {
    /// Magnitudes must stay below this so that levels, which may exceed the largest magnitude by rounding, stay finite.
    package static let magnitudeLimit: Float = 0x1p127

    /// Surveys the `geometry.count` elements at `values`.
    package init(_ values: UnsafePointer<Float>, geometry: ScopeGeometry, threads: Int) {
        let pieces = ScopePieces(geometry)
        var partials = [PartialSurvey](repeating: PartialSurvey(), count: pieces.count)
        ranges = [MagnitudeRange](repeating: MagnitudeRange(), count: geometry.scopeCount)
        ranges.withUnsafeMutableBufferPointer { ranges in
            partials.withUnsafeMutableBufferPointer { partials in
                let (ranges, partials) = (ranges, partials)
                parallelFor(count: pieces.count, threads: threads) { piece in
                    var partial = PartialSurvey()
                    pieces.forEachPart(of: piece) { scope, elements in
                        // SAFETY: `elements` lies in 0..<count.
                        let (range, squares) = surveyScope(values, elements)
                        if scope == pieces.firstScope(of: piece) { partial.firstRange = range } else { ranges[scope] = range }
                        partial.squares += squares
                    }
                    partials[piece] = partial
                }
            }
        }
        squaredNorm = 0
        for (piece, partial) in partials.enumerated() {
            ranges[pieces.firstScope(of: piece)].merge(partial.firstRange)
            squaredNorm += partial.squares
        }
        let rejects = ranges.contains { !($0.largest < Self.magnitudeLimit) }
        firstRejected = rejects ? (0..<geometry.count).first { !(values[$0].magnitude < Self.magnitudeLimit) } : nil
    }
}

/// A piece's share: its first scope may continue in other pieces, all others are its own.
private struct PartialSurvey {
    var firstRange = MagnitudeRange()
    var squares = 0.0
}

/// Range and sum of squares of `elements`, in plain form. A NaN makes `largest` NaN or infinite.
package func surveyScopeReference(
    _ values: UnsafePointer<Float>, _ elements: Range<Int>
) -> (range: MagnitudeRange, squares: Double) {
    var range = MagnitudeRange()
    var squares = 0.0
    for index in elements {
        let magnitude = values[index].magnitude
        if magnitude.isNaN { return (MagnitudeRange(smallest: .infinity, largest: .infinity), .nan) }
        range.include(magnitude)
        squares += Double(magnitude) * Double(magnitude)
    }
    return (range, squares)
}

func surveyScope(_ values: UnsafePointer<Float>, _ elements: Range<Int>) -> (range: MagnitudeRange, squares: Double) {
    surveyScopeReference(values, elements)
}
