/// Values over rounds as lines, one class of colour a series.
package struct LineChart {
    package struct Point {
        package let x: Double
        package let y: Double
        /// What a hover says.
        package let title: String
        /// Where a click leads within the page.
        package let anchor: String?

        package init(x: Double, y: Double, title: String, anchor: String? = nil) {
            (self.x, self.y, self.title, self.anchor) = (x, y, title, anchor)
        }
    }

    package struct Series {
        package let name: String
        /// The style sheet's class: `series-0`...`series-5`.
        package let kind: String
        package let points: [Point]

        package init(name: String, kind: String, points: [Point]) { (self.name, self.kind, self.points) = (name, kind, points) }
    }

    package let label: String
    package let unit: String
    package let xLabel: String
    package let series: [Series]
    /// True to start the vertical axis at zero.
    package let fromZero: Bool

    package init(label: String, unit: String, xLabel: String = "round", series: [Series], fromZero: Bool) {
        (self.label, self.unit, self.xLabel, self.series, self.fromZero) = (label, unit, xLabel, series, fromZero)
    }

    /// The chart as SVG, or an empty string where no finite point exists.
    package func svg() -> String {
        let shown = series.map { one in
            Series(name: one.name, kind: one.kind, points: one.points.filter { abs($0.x) <= 1e9 && $0.y.isFinite })
        }
        let points = shown.flatMap(\.points)
        guard let first = points.map(\.x).min(), let last = points.map(\.x).max(), let high = points.map(\.y).max(),
            let low = points.map(\.y).min()
        else { return "" }
        let isWhole = points.allSatisfy { $0.x == $0.x.rounded() }
        let xTicks = AxisTicks(covering: first...last, count: 6)
        let area = PlotArea(
            xRange: isWhole ? first...max(last, first + 1) : xTicks.lower...xTicks.upper,
            yTicks: AxisTicks(covering: fromZero ? min(0, low)...high : low...high), yUnit: unit)
        let content = shown.map { Self.draw($0, in: area) }.joined()
        let ticks = isWhole ? PlotArea.roundTicks(Int(first), Int(last)) : xTicks.values
        return area.svg(label: label, xLabel: xLabel, xTicks: ticks, content: content)
    }

    private static func draw(_ series: Series, in area: PlotArea) -> String {
        let path = series.points.enumerated().map { index, point in
            "\(index == 0 ? "M" : "L")\(SVG.number(area.x(point.x))) \(SVG.number(area.y(point.y)))"
        }
        var result = "<path class=\"line \(series.kind)\" d=\"\(path.joined())\"/>"
        let radius = series.points.count > 120 ? 1.2 : series.points.count > 40 ? 2 : 2.8
        for point in series.points {
            let dot =
                "<circle class=\"dot \(series.kind)\" cx=\"\(SVG.number(area.x(point.x)))\" cy=\"\(SVG.number(area.y(point.y)))\" "
                + "r=\"\(SVG.number(radius))\"><title>\(HTMLText.escape(point.title))</title></circle>"
            result += SVG.link(to: point.anchor, dot)
        }
        return result
    }
}
