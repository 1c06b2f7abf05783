/// Rows as comma-separated values (RFC 4180).
package struct CSVTable {
    private var lines: [String]

    package init(_ header: [String]) { lines = [header.map(Self.field).joined(separator: ",")] }

    /// Adds a row; a value that is nil leaves its field empty.
    package mutating func append(_ values: [(any CustomStringConvertible)?]) {
        lines.append(values.map { $0.map { Self.field($0.description) } ?? "" }.joined(separator: ","))
    }

    /// The file's text.
    package var text: String { lines.joined(separator: "\n") + "\n" }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
