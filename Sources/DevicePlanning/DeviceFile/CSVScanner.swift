/// Reads one line of cells (RFC 4180) from bytes. Blanks around a cell, quoted or not, are no part of it.
enum CSVScanner {
    enum Failure: Error {
        /// The bytes end inside the line: more may follow.
        case incomplete
        case malformed(String)

        /// In words, where no more follows.
        var reason: String {
            switch self {
            case .incomplete: "it ends inside a quoted cell; is it complete?"
            case .malformed(let reason): reason
            }
        }
    }

    /// A cell's bytes, as they stand in the file or without quotation marks.
    enum Cell {
        case plain(Range<Int>)
        case quoted([UInt8])
    }

    /// What separates the cells of a file: the first of comma, semicolon and tab in its first line, outside quotation marks.
    static func separator(_ bytes: Span<UInt8>, from position: Int) -> UInt8 {
        var isQuoted = false
        for index in position..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "\n") where !isQuoted: return UInt8(ascii: ",")
            case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"): if !isQuoted { return bytes[index] }
            default: break
            }
        }
        return UInt8(ascii: ",")
    }

    /// Reads the line at `position` cell by cell, and moves `position` behind the line's end.
    ///
    /// - Parameter isLast: the bytes end with the file, so that the last line needs no line end.
    static func line(
        _ bytes: Span<UInt8>, _ position: inout Int, separator: UInt8, isLast: Bool, cell: (Cell) throws(Failure) -> Void
    ) throws(Failure) {
        while true {
            skipBlanks(bytes, &position, separator)
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                try cell(.quoted(quoted(bytes, &position)))
                skipBlanks(bytes, &position, separator)
            } else {
                let start = position
                while position < bytes.count, bytes[position] != separator, !isLineEnd(bytes[position]) { position += 1 }
                guard position < bytes.count || isLast else { throw .incomplete }
                try cell(.plain(trimmed(bytes, start..<position)))
            }
            guard position < bytes.count else {
                guard isLast else { throw .incomplete }
                return
            }
            guard bytes[position] == separator else {
                try finish(bytes, &position, isLast: isLast)
                return
            }
            position += 1
        }
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

    private static func skipBlanks(_ bytes: Span<UInt8>, _ position: inout Int, _ separator: UInt8) {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09, bytes[position] != separator {
            position += 1
        }
    }

    /// Moves behind a line end: `\n` or `\r\n`.
    private static func finish(_ bytes: Span<UInt8>, _ position: inout Int, isLast: Bool) throws(Failure) {
        if bytes[position] == UInt8(ascii: "\r") {
            position += 1
            if position == bytes.count {
                if isLast { return }
                throw .incomplete
            }
        }
        guard bytes[position] == UInt8(ascii: "\n") else { throw .malformed("text follows the closing quotation mark of a cell") }
        position += 1
    }

    private static func quoted(_ bytes: Span<UInt8>, _ position: inout Int) throws(Failure) -> [UInt8] {
        var text: [UInt8] = []
        position += 1
        while true {
            guard position < bytes.count else { throw .incomplete }
            if bytes[position] == UInt8(ascii: "\"") {
                position += 1
                // Two in a row stand for one; at the end of the window the second may be still to come.
                guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return text }
            }
            text.append(bytes[position])
            position += 1
        }
    }

    fileprivate static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while start < end, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }
}

extension CSVScanner.Cell {
    var isEmpty: Bool {
        switch self {
        case .quoted(let text): text.isEmpty
        case .plain(let range): range.isEmpty
        }
    }

    /// The cell's text; `bytes` are those that it was read from.
    func text(_ bytes: Span<UInt8>) -> String {
        switch self {
        case .quoted(let text): String(decoding: text, as: UTF8.self)
        case .plain(let range): String(decoding: range.map { bytes[$0] }, as: UTF8.self)
        }
    }

    /// The number that the cell holds, quoted or not; nil where it is none.
    func number(_ bytes: Span<UInt8>) -> Double? {
        switch self {
        case .quoted(let text): Self.number(text.span, CSVScanner.trimmed(text.span, 0..<text.count))
        case .plain(let range): Self.number(bytes, range)
        }
    }

    private static func number(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Double? {
        var position = range.lowerBound
        guard let number = DecimalNumber.scan(bytes, &position, form: .free), position == range.upperBound else { return nil }
        return number
    }
}
