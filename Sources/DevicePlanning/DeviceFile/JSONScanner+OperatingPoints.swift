extension JSONScanner {
    /// The rows of a power table: an array of objects or of arrays of two or three numbers. Anything else is `.other`, with what is wrong.
    static func operatingPoints(_ bytes: Span<UInt8>, _ position: inout Int) throws(Failure) -> DeviceFieldValue {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "[") else { return try value(bytes, &position, depth: 0) }
        var rows: [OperatingRow] = []
        var fault: String?
        try items(bytes, &position, end: UInt8(ascii: "]")) { (position) throws(Failure) in
            let row = try Self.row(bytes, &position)
            switch row {
            case .points(let points): rows += points
            case .other(let problem): fault = fault ?? "an array whose row \(rows.count) \(problem)"
            case .number, .text: fault = fault ?? "an array whose row \(rows.count) is no object"
            }
        }
        return fault.map { .other($0) } ?? .points(rows)
    }

    private static func row(_ bytes: Span<UInt8>, _ position: inout Int) throws(Failure) -> DeviceFieldValue {
        var numbers = [Double?](repeating: nil, count: columns.count)
        var fault: String?
        func take(_ place: Int?, _ name: String, _ value: DeviceFieldValue) {
            guard let place else {
                fault = fault ?? "has \(name), which is none of \(columns.joined(separator: ", "))"
                return
            }
            guard case .number(let number) = value, numbers[place] == nil else {
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
            return .other("is neither an object nor an array")
        }
        if let fault { return .other(fault) }
        guard let hertz = numbers[0] else { return .other("has no \(columns[0])") }
        let load: OperatingRow.Load
        switch (numbers[1], numbers[3]) {
        case (let watts?, nil): load = .watts(watts)
        case (nil, let volts?): load = .volts(volts)
        case (nil, nil): return .other("has no \(columns[1]), nor \(columns[3])")
        case (_?, _?): return .other("has both \(columns[1]) and \(columns[3])")
        }
        return .points([OperatingRow(frequencyHertz: hertz, load: load, cyclesScale: numbers[2] ?? 1)])
    }

    private static let columns = OperatingRow.columns
}
