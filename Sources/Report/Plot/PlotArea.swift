/// The frame of a chart: where data values land on the page, the axes and their labels. Sizes in SVG user units.
struct PlotArea {
    static let width = 420.0
    static let height = 236.0
    private static let left = 52.0
    private static let right = 404.0
    private static let top = 26.0
    private static let bottom = 196.0

    let xRange: ClosedRange<Double>
    let yTicks: AxisTicks
    let yUnit: String

    /// - Parameter xRange: first to last value shown on the horizontal axis, in whole rounds.
    init(xRange: ClosedRange<Double>, yTicks: AxisTicks, yUnit: String) {
        (self.xRange, self.yTicks, self.yUnit) = (xRange, yTicks, yUnit)
    }

    func x(_ value: Double) -> Double {
        let span = max(xRange.upperBound - xRange.lowerBound, 1e-300)
        return Self.left + (Self.right - Self.left) * (value - xRange.lowerBound) / span
    }

    func y(_ value: Double) -> Double {
        Self.bottom - (Self.bottom - Self.top) * (value - yTicks.lower) / (yTicks.upper - yTicks.lower)
    }

    var plotTop: Double { Self.top }
    var plotBottom: Double { Self.bottom }

    /// A whole SVG element: axes, grid, labels, then `content`.
    func svg(label: String, xLabel: String, xTicks: [Double], content: String) -> String {
        var lines = ""
        for value in yTicks.values {
            let position = SVG.number(y(value))
            lines +=
                "<line class=\"grid\" x1=\"\(SVG.number(Self.left))\" x2=\"\(SVG.number(Self.right))\" y1=\"\(position)\" y2=\"\(position)\"/>"
            lines += SVG.text(
                UnitText.tick(value, step: yTicks.step), x: Self.left - 6, y: y(value) + 4, anchor: .end, kind: "tick")
        }
        for value in xTicks {
            lines += SVG.text(UnitText.tick(value, step: 1), x: x(value), y: Self.bottom + 17, anchor: .middle, kind: "tick")
        }
        lines += SVG.text(yUnit, x: 4, y: 13, anchor: .start, kind: "axis")
        lines += SVG.text(xLabel, x: (Self.left + Self.right) / 2, y: Self.height - 6, anchor: .middle, kind: "axis")
        return SVG.document(width: Self.width, height: Self.height, label: label, content: lines + content)
    }

    /// At most `count` whole numbers from `first` to `last` at a round step.
    static func roundTicks(_ first: Int, _ last: Int, count: Int = 8) -> [Double] {
        let span = max(last - first, 1)
        let steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000, 1_000_000]
        let step = steps.first { span / $0 < count } ?? span
        return stride(from: (first + step - 1) / step * step, through: last, by: step).map(Double.init)
    }
}
