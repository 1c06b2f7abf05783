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
        guard try peekLine() else { return false }
        line = source.line
        let separator = separator
        while true {
            fields.removeAll()
            var position = source.start
            var column = 0
            let (columns, window) = (columns, source.window)
            do throws(CSVScanner.Failure) {
                let bytes = window.span
                try CSVScanner.line(bytes, &position, separator: separator, isLast: source.isAtEnd) { cell in
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
            guard !source.isAtEnd else { throw malformed(failure.reason) }
            try source.refill()
        }
    }

    /// Reads the line of field names.
    private mutating func readHeader() throws(FileError) {
        guard try peekLine() else {
            throw .invalid(path: path, reason: "it is empty; write a line of field names and one line a device")
        }
        while true {
            var names: [String] = []
            var position = source.start
            let window = source.window
            do throws(CSVScanner.Failure) {
                let bytes = window.span
                separator = CSVScanner.separator(bytes, from: position)
                try CSVScanner.line(bytes, &position, separator: separator, isLast: source.isAtEnd) { cell in
                    names.append(cell.text(bytes))
                }
            } catch {
                try handle(error)
                continue
            }
            columns = []
            for name in names {
                let field = try column(name)
                guard !columns.contains(field) else { throw malformed("\(name) is there twice; leave one out") }
                columns.append(field)
            }
            source.consume(position - source.start)
            return
        }
    }

    private func column(_ name: String) throws(FileError) -> DeviceField {
        if let field = DeviceField(named: name) { return field }
        let fault = DeviceFields.Fault(unknown: name)
        let list = fault.needsFieldList ? "; \(DeviceField.list)" : ""
        throw malformed("\(name.isEmpty ? "an empty name" : name.excerpt) \(fault.problem)\(list)")
    }
}

extension DeviceFields {
    /// Takes a cell: nothing where it is empty, a number where it is one, else a text. A name stays a text unless it is a whole number as
    /// this program would write it.
    fileprivate mutating func set(_ field: DeviceField, _ cell: CSVScanner.Cell, _ bytes: Span<UInt8>) {
        if cell.isEmpty { return }
        if !field.isText, let number = cell.number(bytes) {
            self[field] = .number(number)
            return
        }
        let text = cell.text(bytes)
        if field == .id, case .plain = cell, let number = Int(text), "\(number)" == text, let exact = Double(exactly: number) {
            self[field] = .number(exact)
        } else {
            self[field] = .text(text)
        }
    }
}
