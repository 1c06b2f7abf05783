import Foundation

/// How values are spread along an axis.
package enum AxisScale: Sendable, Equatable {
    case linear
    /// Equal ratios take equal room; only values above zero have a place.
    case logarithmic

    /// Whether a value has a place on the axis.
    func shows(_ value: Double) -> Bool { value.isFinite && (self == .linear || value > 0) }

    /// Where a value lies between the ends of `range`: 0 to 1.
    func share(of value: Double, in range: ClosedRange<Double>) -> Double {
        switch self {
        case .linear: (value - range.lowerBound) / max(range.upperBound - range.lowerBound, 1e-300)
        case .logarithmic: log(value / range.lowerBound) / max(log(range.upperBound / range.lowerBound), 1e-300)
        }
    }
}

/// Round tick positions that cover a range: steps of 1, 2 or 5 times a power of ten, or on a logarithmic axis 1, 2 and 5 in each decade.
package struct AxisTicks: Equatable {
    /// Between neighbours of a linear axis; 0 on a logarithmic one.
    package let step: Double
    package let values: [Double]
    package let scale: AxisScale

    package var lower: Double { values[0] }
    package var upper: Double { values[values.count - 1] }
    var range: ClosedRange<Double> { lower...upper }

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
        scale = .linear
    }

    /// Ticks of a logarithmic axis that cover `range`, whose ends are above zero (precondition): 1, 2 and 5 in each decade where these are
    /// at most `count`, otherwise powers of ten, some of them left out where there are many.
    package init(logarithmicCovering range: ClosedRange<Double>, count: Int = 10) {
        precondition(range.lowerBound > 0 && range.upperBound.isFinite, "\(range) on a logarithmic axis")
        let first = Int((log10(range.lowerBound) + 1e-9).rounded(.down))
        let last = max(first + 1, Int((log10(range.upperBound) - 1e-9).rounded(.up)))
        (step, scale) = (0, .logarithmic)
        let all = (first..<last).flatMap { decade in [1.0, 2, 5].map { $0 * Self.tenToThe(decade) } } + [Self.tenToThe(last)]
        let low = all.lastIndex { $0 <= range.lowerBound * (1 + 1e-9) } ?? 0
        let high = max(low + 1, all.firstIndex { $0 >= range.upperBound * (1 - 1e-9) } ?? all.count - 1)
        if high - low < count {
            values = Array(all[low...high])
        } else {
            let stride = (last - first + count - 3) / max(count - 2, 1)
            let steps = (last - first + stride - 1) / stride
            values = (0...steps).map { Self.tenToThe(first + $0 * stride) }
        }
    }

    /// Whole numbers from `first` to `last` at a round step, at most `count`.
    init(wholeFrom first: Int, to last: Int, count: Int = 8) {
        let span = max(last - first, 1)
        let steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000, 1_000_000]
        let chosen = steps.first { span / $0 < count } ?? span
        values = stride(from: (first + chosen - 1) / chosen * chosen, through: last, by: chosen).map(Double.init)
        (step, scale) = (Double(chosen), .linear)
    }

    /// The ticks of an axis that shows `range`.
    init(covering range: ClosedRange<Double>, scale: AxisScale, count: Int = 5) {
        switch scale {
        case .linear: self.init(covering: range, count: count)
        case .logarithmic: self.init(logarithmicCovering: range)
        }
    }

    /// A tick's number.
    func label(_ value: Double) -> String {
        guard scale == .logarithmic else { return Quantity.tick(value, step: step) }
        let exponent = Int((log10(value) + 1e-9).rounded(.down))
        let power = Self.tenToThe(exponent)
        return (-3...4).contains(exponent)
            ? Quantity.tick(value, step: power) : "\(Int((value / power).rounded()))e\(exponent)"
    }

    private static func tenToThe(_ power: Int) -> Double { Double("1e\(power)") ?? pow(10, Double(power)) }
}
