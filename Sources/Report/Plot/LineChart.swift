/// Values over rounds, or over anything else, as lines, one class of colour a series.
package struct LineChart {
    package struct Point {
        package let x: Double
        /// A value that the axis cannot show leaves a gap in the line.
        package let y: Double
        /// What a hover says.
        package let title: String
        /// Where a click leads within the page.
        package let anchor: String?
        /// A whisker reaches so far up and down; nil for none.
        package let error: Double?

        package init(x: Double, y: Double, title: String, anchor: String? = nil, error: Double? = nil) {
            (self.x, self.y, self.title, self.anchor, self.error) = (x, y, title, anchor, error)
        }

        /// What the vertical axis must show.
        fileprivate func ends(_ scale: AxisScale) -> [Double] {
            [y] + (error.map { [y - $0, y + $0] } ?? []).filter(scale.shows)
        }
    }

    package struct Series {
        package let name: String
        /// The style sheet's class: `series-0`...`series-5`.
        package let kind: String
        package let points: [Point]
        /// Of the points; 0 for a line without, nil for what their number suggests.
        package let dotRadius: Double?

        package init(name: String, kind: String, points: [Point], dotRadius: Double? = nil) {
            (self.name, self.kind, self.points, self.dotRadius) = (name, kind, points, dotRadius)
        }
    }

    package let label: String
    package let unit: String
    package let xLabel: String
    package let series: [Series]
    /// True to start a linear vertical axis at zero.
    package let fromZero: Bool
    package let xScale: AxisScale
    package let yScale: AxisScale

    package init(
        label: String, unit: String, xLabel: String = "round", series: [Series], fromZero: Bool, xScale: AxisScale = .linear,
        yScale: AxisScale = .linear
    ) {
        (self.label, self.unit, self.xLabel, self.series, self.fromZero) = (label, unit, xLabel, series, fromZero)
        (self.xScale, self.yScale) = (xScale, yScale)
    }

    /// The chart as SVG, or an empty string where no point can be shown.
    package func svg() -> String {
        guard let area else { return "" }
        return area.svg(label: label, xLabel: xLabel, content: content(in: area))
    }

    /// What stands inside the chart's element; nil where no point can be shown.
    var drawing: String? { area.map { $0.drawing(xLabel: xLabel, content: content(in: $0)) } }

    private func isShown(_ point: Point) -> Bool { abs(point.x) <= 1e9 && xScale.shows(point.x) && yScale.shows(point.y) }

    private var area: PlotArea? {
        let points = series.flatMap(\.points).filter(isShown)
        let ends = points.flatMap { $0.ends(yScale) }
        guard let first = points.map(\.x).min(), let last = points.map(\.x).max(), let high = ends.max(), let low = ends.min()
        else { return nil }
        let isWhole = xScale == .linear && points.allSatisfy { $0.x == $0.x.rounded() }
        let xTicks =
            isWhole ? AxisTicks(wholeFrom: Int(first), to: Int(last)) : AxisTicks(covering: first...last, scale: xScale, count: 6)
        return PlotArea(
            xRange: isWhole ? first...max(last, first + 1) : xTicks.range, xTicks: xTicks,
            yTicks: AxisTicks(covering: fromZero && yScale == .linear ? min(0, low)...high : low...high, scale: yScale),
            yUnit: unit)
    }

    private func content(in area: PlotArea) -> String { series.map { draw($0, in: area) }.joined() }

    private func draw(_ series: Series, in area: PlotArea) -> String {
        var (path, isAfterGap) = ("", true)
        for point in series.points {
            guard isShown(point) else {
                isAfterGap = true
                continue
            }
            path += "\(isAfterGap ? "M" : "L")\(SVG.number(area.x(point.x))) \(SVG.number(area.y(point.y)))"
            isAfterGap = false
        }
        guard !path.isEmpty else { return "" }
        var result = "<path class=\"line \(series.kind)\" d=\"\(path)\"/>"
        result += series.points.filter(isShown).map { whisker($0, kind: series.kind, in: area) }.joined()
        let radius = series.dotRadius ?? (series.points.count > 120 ? 1.2 : series.points.count > 40 ? 2 : 2.8)
        guard radius > 0 else { return result }
        for point in series.points.filter(isShown) {
            let dot =
                "<circle class=\"dot \(series.kind)\" cx=\"\(SVG.number(area.x(point.x)))\" cy=\"\(SVG.number(area.y(point.y)))\" "
                + "r=\"\(SVG.number(radius))\"><title>\(HTMLText.escape(point.title))</title></circle>"
            result += SVG.link(to: point.anchor, dot)
        }
        return result
    }

    private func whisker(_ point: Point, kind: String, in area: PlotArea) -> String {
        guard let error = point.error, error > 0, [point.y - error, point.y + error].allSatisfy(yScale.shows) else { return "" }
        let (low, high) = (SVG.number(area.y(point.y - error)), SVG.number(area.y(point.y + error)))
        return "<path class=\"whisker \(kind)\" d=\"M\(SVG.number(area.x(point.x))) \(low)V\(high)\"/>"
    }
}

/// Classes of the style sheet for lines: six colours, then the same dashed and dotted.
package func seriesKind(_ index: Int) -> String {
    "series-\(index % 6)" + ["", " dashed", " dotted"][index / 6 % 3]
}
