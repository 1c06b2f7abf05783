/// Rows of cells as aligned columns.
enum TextTable {
    /// One line a row, columns three blanks apart; a last cell without others below it does not widen its column.
    static func text(_ rows: [[String]]) -> String {
        let columns = rows.first?.count ?? 0
        let widths = (0..<columns).map { column in
            rows.filter { $0.count > column + 1 || $0.count == columns }.map { $0[column].count }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { index, cell in
                index + 1 == row.count ? cell : cell + String(repeating: " ", count: max(0, widths[index] - cell.count))
            }
            return cells.joined(separator: "   ")
        }.joined(separator: "\n")
    }
}
