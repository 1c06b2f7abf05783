import Foundation
import Testing

/// A CSV file without quoted line breaks, as dictionaries by column.
func readCSV(_ path: String) throws -> [[String: String]] {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(fields)
    let header = try #require(lines.first)
    return try lines.dropFirst().map { line in
        try #require(line.count == header.count, "\(line)")
        return Dictionary(uniqueKeysWithValues: zip(header, line))
    }
}

private func fields(_ line: Substring) -> [String] {
    var (result, isQuoted) = ([""], false)
    for character in line {
        switch character {
        case "\"": isQuoted.toggle()
        case "," where !isQuoted: result.append("")
        default: result[result.count - 1].append(character)
        }
    }
    return result
}

/// A number of a row.
func number(_ row: [String: String], _ column: String) throws -> Double {
    let text = try #require(row[column])
    return try #require(Double(text))
}
