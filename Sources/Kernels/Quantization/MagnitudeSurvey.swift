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
                parallelFor(count: pieces.count, threads: threads) { piece in
                    pieces.forEachPart(of: piece) { scope, elements in
                        // SAFETY: `elements` lies in 0..<count.
                        let part = surveyMagnitudes(values + 4 * elements.lowerBound, count: elements.count)
                        if scope == pieces.firstScope(of: piece) {
                            partials[piece].firstRange = part.range
                        } else {
                            ranges[scope] = part.range
                        }
                        partials[piece].squares += part.squares
                    }
                }
            }
        }
        var squaredNorm = 0.0
        for (piece, partial) in partials.enumerated() {
            ranges[pieces.firstScope(of: piece)].merge(partial.firstRange)
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

/// Range and sum of squares of `count` floats. NaN counts as a magnitude above infinity.
///
/// The squares are summed in Double in eight lanes, element i in lane `i % 8`, and the lanes in order.
private func surveyMagnitudes(_ values: UnsafeRawPointer, count: Int) -> (range: MagnitudeRange, squares: Double) {
    var lowest = SIMD8<UInt32>(repeating: .max)
    var highest = SIMD8<UInt32>()
    var low = SIMD4<Double>()
    var high = SIMD4<Double>()
    @inline(__always) func include(_ pointer: UnsafeRawPointer) {
        // Bits of magnitudes order like the magnitudes; less 1, zero wraps round to the top and never is the lowest.
        let bits = pointer.loadUnaligned(as: SIMD8<UInt32>.self) & 0x7FFF_FFFF
        highest.replace(with: bits, where: bits .> highest)
        let lessOne = bits &- 1
        lowest.replace(with: lessOne, where: lessOne .< lowest)
        let magnitudes = unsafeBitCast(bits, to: SIMD8<Float>.self)
        let (first, second) = (SIMD4<Double>(magnitudes.lowHalf), SIMD4<Double>(magnitudes.highHalf))
        low += first * first
        high += second * second
    }
    let whole = count & ~7
    for index in stride(from: 0, to: whole, by: 8) { include(values + 4 * index) }
    if whole < count {
        var rest = SIMD8<Float>()
        for index in whole..<count { rest[index - whole] = values.loadUnaligned(fromByteOffset: 4 * index, as: Float.self) }
        withUnsafeBytes(of: rest) { include($0.baseAddress!) }
    }
    let squares = (0..<8).reduce(0.0) { $0 + ($1 < 4 ? low[$1] : high[$1 - 4]) }
    return (range(lowestLessOne: lowest.min(), highest: highest.max()), squares)
}

private func range(lowestLessOne: UInt32, highest: UInt32) -> MagnitudeRange {
    guard highest > 0 else { return MagnitudeRange() }
    let largest = Float(bitPattern: highest)
    return MagnitudeRange(smallest: Float(bitPattern: lowestLessOne + 1), largest: largest.isNaN ? .infinity : largest)
}

/// `MagnitudeSurvey` of one scope, or part of one, in plain form.
package func surveyMagnitudesReference(_ values: [Float]) -> (range: MagnitudeRange, squares: Double) {
    var range = MagnitudeRange()
    var lanes = [Double](repeating: 0, count: 8)
    for (index, value) in values.enumerated() {
        let magnitude = value.magnitude
        if magnitude != 0, magnitude < range.smallest { range.smallest = magnitude }
        range.largest = magnitude.isNaN ? .infinity : max(range.largest, magnitude)
        lanes[index % 8] += Double(magnitude) * Double(magnitude)
    }
    return (range, lanes.reduce(0, +))
}
