/// Rows of cells as aligned columns.
package enum TextTable {
    /// One line a row, columns three blanks apart; a last cell without others below it does not widen its column.
    package static func text(_ rows: [[String]]) -> String {
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

/// A line under its word, e.g. `data    synthetic signs, 10 devices`: texts of such lines start in one column.
package func labelledLine(_ word: String, _ text: String) -> String {
    word + String(repeating: " ", count: max(1, 8 - word.count)) + text
}
