/// Charts side by side with titles, legends and notes, as an SVG file that stands alone.
package struct Figure {
    package struct Panel {
        package let title: String
        package let chart: LineChart
        /// Name and class of the series that the legend explains.
        package let legend: [(name: String, kind: String)]

        /// - Parameter legend: nil for all series of the chart.
        package init(title: String, chart: LineChart, legend: [(name: String, kind: String)]? = nil) {
            (self.title, self.chart) = (title, chart)
            self.legend = legend ?? chart.series.map { ($0.name, $0.kind) }
        }
    }

    /// A picture in the place of a chart.
    package struct Picture {
        package let title: String
        package let image: SampleImage

        package init(title: String, image: SampleImage) { (self.title, self.image) = (title, image) }
    }

    package let title: String
    /// Row by row.
    package let panels: [Panel]
    package let columns: Int
    /// Below the charts, one line each.
    package let notes: [String]

    /// At least one column (precondition).
    package init(title: String, panels: [Panel], columns: Int, notes: [String] = []) {
        precondition(columns >= 1, "a figure needs a column")
        (self.title, self.panels, self.columns, self.notes) = (title, panels, columns, notes)
    }

    private static let margin = 12.0
    private static let titleHeight = 34.0
    private static let lineHeight = 17.0
    /// Of one character of a legend or note, on average.
    private static let characterWidth = 6.8

    /// The file's text. A panel without a point to show says so.
    package func svg() -> String {
        let width = 2 * Self.margin + PlotArea.width * Double(columns)
        var (y, content) = (Self.titleHeight, "")
        for start in stride(from: 0, to: panels.count, by: columns) {
            let row = panels[start..<min(start + columns, panels.count)]
            let legends = row.map { Self.legendRows($0.legend) }
            let legendHeight = Self.lineHeight * Double(legends.map(\.count).max() ?? 0)
            for (column, (panel, legend)) in zip(row, legends).enumerated() {
                let x = Self.margin + PlotArea.width * Double(column)
                content += SVG.text(panel.title, x: x + 4, y: y + 14, anchor: .start, kind: "title")
                content += Self.draw(legend, x: x + 4, y: y + 22)
                let chart = panel.chart.drawing ?? SVG.text("nothing to show", x: 60, y: 60, anchor: .start, kind: "axis")
                content +=
                    "<g transform=\"translate(\(SVG.number(x)) \(SVG.number(y + 24 + legendHeight)))\">\(chart)</g>\n"
            }
            y += 24 + legendHeight + PlotArea.height + 8
        }
        for line in notes.flatMap({ Self.wrapped($0, width: width - 2 * Self.margin) }) {
            y += Self.lineHeight
            content += SVG.text(line, x: Self.margin + 4, y: y, anchor: .start, kind: "note")
        }
        let head = SVG.text(title, x: Self.margin + 4, y: 22, anchor: .start, kind: "heading")
        return FigureStyle.document(width: width, height: y + 14, label: title, content: head + content)
    }

    private struct LegendKey {
        let name: String
        let kind: String
        let x: Double
    }

    /// The keys from left to right, in as many rows as they need.
    private static func legendRows(_ legend: [(name: String, kind: String)]) -> [[LegendKey]] {
        var rows: [[LegendKey]] = []
        var x = Double.infinity
        for (name, kind) in legend {
            let width = 34 + characterWidth * Double(name.count) + 12
            if x + width > PlotArea.width - 8 {
                rows.append([])
                x = 0
            }
            rows[rows.count - 1].append(LegendKey(name: name, kind: kind, x: x))
            x += width
        }
        return rows
    }

    private static func draw(_ rows: [[LegendKey]], x: Double, y: Double) -> String {
        rows.enumerated().flatMap { row, keys in
            keys.map { key in
                let (left, middle) = (x + key.x, y + lineHeight * (Double(row) + 0.5))
                return "<path class=\"line \(key.kind)\" d=\"M\(SVG.number(left)) \(SVG.number(middle))h26\"/>"
                    + SVG.text(key.name, x: left + 32, y: middle + 4, anchor: .start, kind: "axis")
            }
        }.joined()
    }

    /// A note broken into lines.
    private static func wrapped(_ note: String, width: Double) -> [String] {
        var lines = [""]
        for word in note.split(separator: " ") {
            let line = lines[lines.count - 1]
            if line.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if characterWidth * Double(line.count + word.count + 1) <= width {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}

extension Figure.Picture {
    /// Pictures side by side, each with its caption, as an SVG file that stands alone.
    ///
    /// - Parameter columns: at least 1 (precondition).
    package static func svg(title: String, pictures: [Figure.Picture], columns: Int) -> String {
        precondition(columns >= 1, "a figure needs a column")
        let (side, margin) = (300.0, 12.0)
        let used = min(columns, max(pictures.count, 1))
        let width = margin + Double(used) * (side + margin)
        let rows = (pictures.count + used - 1) / used
        var content = SVG.text(title, x: margin + 4, y: 22, anchor: .start, kind: "heading")
        for (index, picture) in pictures.enumerated() {
            let x = margin + Double(index % used) * (side + margin)
            let y = 34 + Double(index / used) * (side + 44)
            content += SVG.text(picture.title, x: x, y: y + 14, anchor: .start, kind: "title")
            content += SVG.text(picture.image.caption, x: x, y: y + 30, anchor: .start, kind: "axis")
            content += SVG.picture(picture.image.png, x: x, y: y + 36, side: side)
        }
        return FigureStyle.document(width: width, height: 34 + Double(rows) * (side + 44) + 8, label: title, content: content)
    }
}
