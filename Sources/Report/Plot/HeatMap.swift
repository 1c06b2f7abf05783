/// A grid of coloured cells: columns are rounds, rows are devices.
package struct HeatMap {
    package struct Cell {
        package let column: Int
        package let row: Int
        /// The style sheet's class.
        package let kind: String
        /// Written into the cell where it is large enough.
        package let text: String
        package let title: String
        package let anchor: String?

        package init(column: Int, row: Int, kind: String, text: String, title: String, anchor: String? = nil) {
            (self.column, self.row, self.kind) = (column, row, kind)
            (self.text, self.title, self.anchor) = (text, title, anchor)
        }
    }

    package let label: String
    /// Names of all columns and rows; some are left out where they would touch.
    package let columns: [String]
    package let rows: [String]
    package let cells: [Cell]

    package init(label: String, columns: [String], rows: [String], cells: [Cell]) {
        (self.label, self.columns, self.rows, self.cells) = (label, columns, rows, cells)
    }

    /// The map as SVG, twice as wide as a chart, or an empty string without cells.
    package func svg() -> String {
        guard !columns.isEmpty, !rows.isEmpty else { return "" }
        let (left, top, width) = (64.0, 8.0, 860.0)
        let cellWidth = min(32, (width - left - 8) / Double(columns.count))
        let cellHeight = max(5, min(22, 440 / Double(rows.count)))
        let height = top + cellHeight * Double(rows.count) + 38
        let gap = cellWidth > 6 && cellHeight > 6 ? 1.0 : 0.2
        var content = ""
        for (index, name) in rows.enumerated() where index % labelStep(cellHeight, needs: 12) == 0 {
            let y = top + (Double(index) + 0.5) * cellHeight + 4
            content += SVG.text(name, x: left - 6, y: y, anchor: .end, kind: "tick")
        }
        for (index, name) in columns.enumerated() where index % labelStep(cellWidth, needs: 26) == 0 {
            let y = top + cellHeight * Double(rows.count) + 15
            content += SVG.text(name, x: left + (Double(index) + 0.5) * cellWidth, y: y, anchor: .middle, kind: "tick")
        }
        content += SVG.text(
            "round", x: left + cellWidth * Double(columns.count) / 2, y: height - 5, anchor: .middle, kind: "axis")
        for cell in cells {
            let (x, y) = (left + Double(cell.column) * cellWidth, top + Double(cell.row) * cellHeight)
            var shape = SVG.rectangle(
                x: x + gap / 2, y: y + gap / 2, width: cellWidth - gap, height: cellHeight - gap, kind: "cell \(cell.kind)",
                corner: gap > 0.5 ? 2 : 0, title: cell.title)
            if cellWidth >= 15, cellHeight >= 13 {
                shape += SVG.text(
                    cell.text, x: x + cellWidth / 2, y: y + cellHeight / 2 + 4, anchor: .middle, kind: "celltext \(cell.kind)")
            }
            content += SVG.link(to: cell.anchor, shape)
        }
        return SVG.document(width: width, height: height, label: label, content: content)
    }

    /// Every how many labels are shown so that each has `needs` units of room.
    private func labelStep(_ size: Double, needs: Double) -> Int { max(1, Int((needs / size).rounded(.up))) }
}
