import Storage

extension DeviceReader {
    /// Reads the device on the next line of one JSON object.
    mutating func advanceLine() throws(FileError) -> Bool {
        guard try peek() != nil else { return false }
        line = source.line
        var end = source.start
        while true {
            let window = source.window
            while end < window.count, window[end] != UInt8(ascii: "\n") { end += 1 }
            if end < window.count || source.isAtEnd { break }
            let scanned = end - source.start
            try source.refill()
            end = source.start + scanned
        }
        fields.removeAll()
        defer { source.consume(end - source.start) }
        let window = source.window
        var position = 0
        do throws(JSONScanner.Failure) {
            let bytes = window.span.extracting(source.start..<end)
            try JSONScanner.object(bytes, &position, into: &fields)
            JSONScanner.skipBlanks(bytes, &position)
            if position < bytes.count { fields.noteUnreadable("has text behind its object; write one object a line") }
        } catch {
            switch error {
            case .incomplete: fields.noteUnreadable("is no JSON object: the line ends inside it")
            case .noObject: fields.noteUnreadable("must be a JSON object")
            case .malformed(let place, let reason):
                fields.noteUnreadable("is no JSON object: \(reason) at column \(place + 1)")
            }
        }
        return true
    }

    /// Reads the device on the next line of cells.
    mutating func advanceRow() throws(FileError) -> Bool {
        if state == .start {
            try readHeader()
            state = .inside
        }
        guard try peek() != nil else { return false }
        line = source.line
        while true {
            fields.removeAll()
            var position = source.start
            var column = 0
            let (columns, window) = (columns, source.window)
            do throws(CSVScanner.Failure) {
                let bytes = window.span
                try CSVScanner.line(bytes, &position, isLast: source.isAtEnd) { cell in
                    if column < columns.count { fields.set(columns[column], cell, bytes) }
                    column += 1
                }
                source.consume(position - source.start)
                if column != columns.count {
                    fields.noteUnreadable("has \(column) cells; the first line names \(columns.count) fields")
                }
                return true
            } catch {
                try handle(error)
            }
        }
    }

    /// Reads on where a line of cells has not ended.
    private mutating func handle(_ failure: CSVScanner.Failure) throws(FileError) {
        switch failure {
        case .malformed(let reason): throw malformed(reason)
        case .incomplete:
            guard !source.isAtEnd else { throw malformed("it ends inside a quoted cell; is it complete?") }
            try source.refill()
        }
    }

    /// Reads the line of field names.
    private mutating func readHeader() throws(FileError) {
        guard try peek() != nil else {
            throw .invalid(path: path, reason: "it is empty; write a line of field names and one line a device")
        }
        while true {
            var names: [String] = []
            var position = source.start
            let window = source.window
            do throws(CSVScanner.Failure) {
                let bytes = window.span
                try CSVScanner.line(bytes, &position, isLast: source.isAtEnd) { cell in names.append(cell.text(bytes)) }
            } catch {
                try handle(error)
                continue
            }
            columns = []
            for name in names {
                guard let field = DeviceField(named: name) else {
                    throw malformed("\(name.isEmpty ? "an empty name" : name) \(DeviceField.unknown(name))")
                }
                guard !columns.contains(field) else { throw malformed("\(name) is there twice; leave one out") }
                columns.append(field)
            }
            source.consume(position - source.start)
            return
        }
    }
}

extension CSVScanner.Cell {
    fileprivate func text(_ bytes: Span<UInt8>) -> String {
        switch self {
        case .quoted(let text): String(decoding: text, as: UTF8.self)
        case .plain(let range): String(decoding: range.map { bytes[$0] }, as: UTF8.self)
        }
    }
}

extension DeviceFields {
    /// Takes a cell: nothing where it is empty, a number where it is one, else a text. A name stays a text unless it is a whole number as
    /// this program would write it.
    fileprivate mutating func set(_ field: DeviceField, _ cell: CSVScanner.Cell, _ bytes: Span<UInt8>) {
        if case .plain(let range) = cell {
            if range.isEmpty { return }
            if field == .id {
                let text = cell.text(bytes)
                self[field] =
                    Int(text).flatMap { "\($0)" == text ? Double(exactly: $0) : nil }.map(DeviceFieldValue.number) ?? .text(text)
                return
            }
            var position = range.lowerBound
            if let number = DecimalNumber.scan(bytes, &position), position == range.upperBound {
                self[field] = .number(number)
                return
            }
        }
        self[field] = .text(cell.text(bytes))
    }
}
