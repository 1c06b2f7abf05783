import Foundation

/// Round tick positions that cover a range: steps of 1, 2 or 5 times a power of ten.
package struct AxisTicks: Equatable {
    package let step: Double
    package let values: [Double]

    package var lower: Double { values[0] }
    package var upper: Double { values[values.count - 1] }

    /// About `count` ticks from at or below `range` to at or above it; an empty range is widened around its value.
    package init(covering range: ClosedRange<Double>, count: Int = 5) {
        var (low, high) = (max(range.lowerBound, -1e300), min(range.upperBound, 1e300))
        if high - low <= max(1e-12 * max(abs(low), abs(high)), 1e-290) {
            let half = abs(high) > 1e-280 ? abs(high) / 2 : 0.5
            (low, high) = (low - half, high + half)
        }
        let raw = (high - low) / Double(max(count - 1, 1))
        let power = pow(10, (log10(raw)).rounded(.down))
        let factor = raw / power
        step = power * (factor <= 1.0001 ? 1 : factor <= 2.0001 ? 2 : factor <= 5.0001 ? 5 : 10)
        let first = Int((low / step + 1e-9).rounded(.down))
        let last = Int((high / step - 1e-9).rounded(.up))
        let chosen = step
        values = (first...max(last, first + 1)).map { Double($0) * chosen }
    }
}
