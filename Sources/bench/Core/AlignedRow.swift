/// Cells side by side: the first flush left, the others flush right, each at least as wide as its column.
func alignedRow(_ cells: [String], widths: [Int], separator: String) -> String {
    zip(cells, widths).enumerated().map { index, cell in
        let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
        return index == 0 ? cell.0 + padding : padding + cell.0
    }.joined(separator: separator)
}
