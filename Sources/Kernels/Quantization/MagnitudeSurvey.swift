import CKernels

/// What one pass over a tensor finds before its scales are known.
package struct MagnitudeSurvey {
    /// Magnitudes must stay below this so that levels, which may exceed the largest magnitude by rounding, stay finite.
    package static let magnitudeLimit: Float = 0x1p127

    /// The range of every scope.
    package let ranges: [MagnitudeRange]
    /// Sum of squares of all elements.
    package let squaredNorm: Double
    /// The first element that is not below the magnitude limit: NaN, infinite, or too large.
    package let firstRejected: Int?

    /// Surveys the `geometry.count` little-endian floats at `values`, which need no alignment.
    package init(_ values: UnsafeRawPointer, geometry: ScopeGeometry, threads: Int) {
        let pieces = ScopePieces(geometry)
        var partials = [PartialSurvey](repeating: PartialSurvey(), count: pieces.count)
        var ranges = [MagnitudeRange](repeating: MagnitudeRange(), count: geometry.scopeCount)
        ranges.withUnsafeMutableBufferPointer { ranges in
            partials.withUnsafeMutableBufferPointer { partials in
                let (ranges, partials) = (ranges, partials)
                parallelFor(count: pieces.count, threads: threads) { number in
                    let (scopes, elements) = pieces.piece(number)
                    for scope in scopes {
                        let part = geometry.range(scope).clamped(to: elements)
                        // SAFETY: `part` lies in 0..<count.
                        let survey = InstructionSet.statistics.survey_magnitudes(
                            values + 4 * part.lowerBound, Int64(part.count))
                        let range = MagnitudeRange(survey)
                        if scope == scopes.lowerBound { partials[number].firstRange = range } else { ranges[scope] = range }
                        partials[number].squares += survey.squares
                    }
                }
            }
        }
        var squaredNorm = 0.0
        for (number, partial) in partials.enumerated() {
            ranges[pieces.piece(number).scopes.lowerBound].merge(partial.firstRange)
            squaredNorm += partial.squares
        }
        let rejects = ranges.contains { !($0.largest < Self.magnitudeLimit) }
        firstRejected = rejects ? (0..<geometry.count).first { !(magnitude(values, $0) < Self.magnitudeLimit) } : nil
        (self.ranges, self.squaredNorm) = (ranges, squaredNorm)
    }
}

/// A piece's share: its first scope may have begun in other pieces, all others are its own.
private struct PartialSurvey {
    var firstRange = MagnitudeRange()
    var squares = 0.0
}

@inline(__always)
private func magnitude(_ values: UnsafeRawPointer, _ index: Int) -> Float {
    values.loadUnaligned(fromByteOffset: 4 * index, as: Float.self).magnitude
}

extension MagnitudeRange {
    /// NaN counts as a magnitude above infinity.
    fileprivate init(_ survey: gd_survey) {
        guard survey.largest > 0 else {
            self.init()
            return
        }
        let largest = Float(bitPattern: survey.largest)
        self.init(smallest: Float(bitPattern: survey.smallest_less_one + 1), largest: largest.isNaN ? .infinity : largest)
    }
}

/// `MagnitudeSurvey` of one scope, or part of one, in plain form.
package func surveyMagnitudesReference(_ values: [Float]) -> (range: MagnitudeRange, squares: Double) {
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
