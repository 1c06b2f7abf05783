/// What may go to a terminal or a log: names in files and folders may hold anything, also commands for the terminal.
extension StringProtocol {
    /// The text with control characters, and those that turn the direction of writing, as escapes (`\x1B`); line ends stay.
    var printable: String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar {
            case "\n", "\t": result.append(scalar)
            case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}": result += #"\x"#.unicodeScalars + hex(scalar, digits: 2)
            case "\u{200E}", "\u{200F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{FEFF}":
                result += #"\u"#.unicodeScalars + hex(scalar, digits: 4)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// The text as one printable line of at most `limit` characters: what lies before its last quarter is cut, so that the way out at the
    /// end stays.
    func printableLine(limit: Int = 2000) -> String {
        let line = split(whereSeparator: \.isNewline).joined(separator: " ").printable
        guard line.count > limit else { return line }
        return "\(line.prefix(limit - limit / 4)) ... \(line.suffix(limit / 4))"
    }

    private func hex(_ scalar: Unicode.Scalar, digits: Int) -> String.UnicodeScalarView {
        let text = String(scalar.value, radix: 16, uppercase: true)
        return (String(repeating: "0", count: digits - text.count) + text).unicodeScalars
    }
}
