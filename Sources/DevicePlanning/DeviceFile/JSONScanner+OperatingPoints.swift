extension JSONScanner {
    /// The rows of a power table: an array of objects or of arrays of two or three numbers. Anything else is `.other`, with what is wrong.
    static func operatingPoints(_ bytes: Span<UInt8>, _ position: inout Int) throws(Failure) -> DeviceFieldValue {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "[") else { return try value(bytes, &position, depth: 0) }
        var rows: [OperatingRow] = []
        rows.reserveCapacity(8)
        var fault: String?
        try items(bytes, &position, end: UInt8(ascii: "]")) { (position) throws(Failure) in
            let problem: String
            switch try row(bytes, &position) {
            case .success(let row): return rows.append(row)
            case .failure(let cause): problem = cause.text
            }
            fault = fault ?? "an array whose row \(rows.count) \(problem)"
        }
        return fault.map { .other($0) } ?? .points(rows)
    }

    /// What is wrong with a row.
    private struct RowFault: Error {
        let text: String
    }

    private static func row(_ bytes: Span<UInt8>, _ position: inout Int) throws(Failure) -> Result<OperatingRow, RowFault> {
        // A number that is missing is NaN, which no number of a file is.
        var numbers = SIMD4<Double>(repeating: .nan)
        var fault: String?
        func take(_ place: Int?, _ name: @autoclosure () -> String, _ value: DeviceFieldValue) {
            guard let place else {
                fault = fault ?? "has \(name()), which is none of \(columns.joined(separator: ", "))"
                return
            }
            guard case .number(let number) = value, numbers[place].isNaN else {
                fault = fault ?? "has a \(columns[place]) that is no number, or two"
                return
            }
            numbers[place] = number
        }
        guard position < bytes.count else { throw .incomplete }
        switch bytes[position] {
        case UInt8(ascii: "{"):
            try items(bytes, &position, end: UInt8(ascii: "}")) { (position) throws(Failure) in
                let name = try decoded(bytes, try key(bytes, &position))
                take(columns.firstIndex(of: name), name.excerpt, try value(bytes, &position, depth: 2))
            }
        case UInt8(ascii: "["):
            var place = 0
            try items(bytes, &position, end: UInt8(ascii: "]")) { (position) throws(Failure) in
                take(place < 3 ? place : nil, "a number more", try value(bytes, &position, depth: 2))
                place += 1
            }
        default:
            _ = try value(bytes, &position, depth: 1)
            fault = "is neither an object nor an array"
        }
        if fault == nil { fault = missing(numbers) }
        if let fault { return .failure(RowFault(text: fault)) }
        return .success(
            OperatingRow(
                frequencyHertz: numbers[0], load: numbers[3].isNaN ? .watts(numbers[1]) : .volts(numbers[3]),
                cyclesScale: numbers[2].isNaN ? 1 : numbers[2]))
    }

    /// Which column a row lacks, or has too much.
    private static func missing(_ numbers: SIMD4<Double>) -> String? {
        if numbers[0].isNaN { return "has no \(columns[0])" }
        switch (numbers[1].isNaN, numbers[3].isNaN) {
        case (true, true): return "has no \(columns[1]), nor \(columns[3])"
        case (false, false): return "has both \(columns[1]) and \(columns[3])"
        default: return nil
        }
    }

    private static let columns = OperatingRow.columns
}
