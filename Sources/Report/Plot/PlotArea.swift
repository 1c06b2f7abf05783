/// The frame of a chart: where data values land on the page, the axes and their labels. Sizes in SVG user units.
struct PlotArea {
    static let width = 420.0
    static let height = 236.0
    private static let left = 52.0
    private static let right = 404.0
    private static let top = 26.0
    private static let bottom = 196.0

    /// First to last value shown on the horizontal axis.
    let xRange: ClosedRange<Double>
    let xTicks: AxisTicks
    let yTicks: AxisTicks
    let yUnit: String

    func x(_ value: Double) -> Double { Self.left + (Self.right - Self.left) * xTicks.scale.share(of: value, in: xRange) }

    func y(_ value: Double) -> Double { Self.bottom - (Self.bottom - Self.top) * yTicks.scale.share(of: value, in: yTicks.range) }

    /// Axes, grid, labels, then `content`.
    func drawing(xLabel: String, content: String) -> String {
        var lines = ""
        for value in yTicks.values {
            let position = SVG.number(y(value))
            lines +=
                "<line class=\"grid\" x1=\"\(SVG.number(Self.left))\" x2=\"\(SVG.number(Self.right))\" "
                + "y1=\"\(position)\" y2=\"\(position)\"/>"
            lines += SVG.text(yTicks.label(value), x: Self.left - 6, y: y(value) + 4, anchor: .end, kind: "tick")
        }
        for value in xTicks.values {
            lines += SVG.text(xTicks.label(value), x: x(value), y: Self.bottom + 17, anchor: .middle, kind: "tick")
        }
        lines += SVG.text(yUnit, x: 4, y: 13, anchor: .start, kind: "axis")
        lines += SVG.text(xLabel, x: (Self.left + Self.right) / 2, y: Self.height - 6, anchor: .middle, kind: "axis")
        return lines + content
    }

    /// The drawing as an element of its own.
    func svg(label: String, xLabel: String, content: String) -> String {
        SVG.document(width: Self.width, height: Self.height, label: label, content: drawing(xLabel: xLabel, content: content))
    }
}
