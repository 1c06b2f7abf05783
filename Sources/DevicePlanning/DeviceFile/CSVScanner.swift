/// Reads one line of cells (RFC 4180) from bytes.
enum CSVScanner {
    enum Failure: Error {
        /// The bytes end inside the line: more may follow.
        case incomplete
        case malformed(String)
    }

    /// A cell's bytes, as they stand in the file or without quotation marks.
    enum Cell {
        case plain(Range<Int>)
        case quoted([UInt8])
    }

    /// Reads the line at `position` cell by cell, and moves `position` behind the line's end.
    ///
    /// - Parameter isLast: the bytes end with the file, so that the last line needs no line end.
    static func line(
        _ bytes: Span<UInt8>, _ position: inout Int, isLast: Bool, cell: (Cell) throws(Failure) -> Void
    ) throws(Failure) {
        while true {
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                try cell(.quoted(quoted(bytes, &position)))
            } else {
                let start = position
                while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
                guard position < bytes.count || isLast else { throw .incomplete }
                try cell(.plain(trimmed(bytes, start..<position)))
            }
            guard position < bytes.count else {
                guard isLast else { throw .incomplete }
                return
            }
            let end = bytes[position]
            guard end == UInt8(ascii: ",") else {
                try finish(bytes, &position, isLast: isLast)
                return
            }
            position += 1
        }
    }

    private static func isEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
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

    private static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while start < end, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }
}
