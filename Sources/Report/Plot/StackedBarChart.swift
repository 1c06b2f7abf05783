/// Sums over rounds as bars of several parts, from zero up.
package struct StackedBarChart {
    package struct Bar {
        /// The round, or the first of several that the bar averages.
        package let x: Double
        /// One value a part, each zero or positive, in the order of `kinds`.
        package let parts: [Double]
        package let title: String
        package let anchor: String?

        package init(x: Double, parts: [Double], title: String, anchor: String? = nil) {
            (self.x, self.parts, self.title, self.anchor) = (x, parts, title, anchor)
        }
    }

    package let label: String
    package let unit: String
    /// The style sheet's class of each part.
    package let kinds: [String]
    package let bars: [Bar]
    /// Rounds that one bar stands for.
    package let barSpan: Double

    package init(label: String, unit: String, kinds: [String], bars: [Bar], barSpan: Double = 1) {
        (self.label, self.unit, self.kinds, self.bars, self.barSpan) = (label, unit, kinds, bars, barSpan)
    }

    /// The chart as SVG, or an empty string without finite bars.
    package func svg() -> String {
        let shown = bars.filter {
            abs($0.x) <= 1e9 && $0.parts.count == kinds.count && $0.parts.allSatisfy { $0.isFinite && $0 >= 0 }
        }
        guard let first = shown.map(\.x).min(), let last = shown.map(\.x).max() else { return "" }
        let highest = shown.map { $0.parts.reduce(0, +) }.max() ?? 0
        let area = PlotArea(
            xRange: first - barSpan / 2...last + barSpan / 2, xTicks: AxisTicks(wholeFrom: Int(first), to: Int(last)),
            yTicks: AxisTicks(covering: 0...max(highest, 1e-12)), yUnit: unit)
        let width = (area.x(first + barSpan) - area.x(first)) * 0.78
        var content = ""
        for bar in shown {
            var sum = 0.0
            var pieces = ""
            for (part, kind) in zip(bar.parts, kinds) where part > 0 {
                pieces += SVG.rectangle(
                    x: area.x(bar.x) - width / 2, y: area.y(sum + part), width: width, height: area.y(sum) - area.y(sum + part),
                    kind: kind)
                sum += part
            }
            content += SVG.link(to: bar.anchor, "<g class=\"bar\"><title>\(HTMLText.escape(bar.title))</title>\(pieces)</g>")
        }
        return area.svg(label: label, xLabel: "round", content: content)
    }
}
