/// Reads one device as a JSON object from bytes, in one pass. (`JSONValue` needs the whole text; files of millions of devices are streamed.)
struct JSONScanner {
    /// Why the bytes cannot be read.
    enum Failure: Error {
        /// They end inside the object: more may follow.
        case incomplete
        /// They are no JSON, at a position.
        case malformed(Int, String)
        /// They are JSON but no object.
        case noObject
    }

    private static let deepest = 64

    /// Reads the object that starts at `position`, and moves `position` behind it.
    static func object(_ bytes: Span<UInt8>, _ position: inout Int, into fields: inout DeviceFields) throws(Failure) {
        skipBlanks(bytes, &position)
        guard try byte(bytes, position) == UInt8(ascii: "{") else {
            _ = try value(bytes, &position, depth: 0)
            throw .noObject
        }
        try items(bytes, &position, end: UInt8(ascii: "}")) { (position) throws(Failure) in
            let name = try key(bytes, &position)
            let spelling = bytes.extracting(name.range)
            if name.isPlain, let field = DeviceField(spelled: spelling) {
                fields[field] = try value(bytes, &position, of: field)
            } else {
                let text = try decoded(bytes, name)
                let field = DeviceField(named: text)
                let value = try value(bytes, &position, of: field)
                if let field { fields[field] = value } else { fields.noteUnknown(text) }
            }
        }
    }

    private static func value(
        _ bytes: Span<UInt8>, _ position: inout Int, of field: DeviceField?
    ) throws(Failure) -> DeviceFieldValue {
        field == .operatingPoints ? try operatingPoints(bytes, &position) : try value(bytes, &position, depth: 0)
    }

    /// Reads the items between the bracket at `position` and `end`, commas between them.
    @inline(__always)
    static func items(
        _ bytes: Span<UInt8>, _ position: inout Int, end: UInt8, _ item: (inout Int) throws(Failure) -> Void
    ) throws(Failure) {
        position += 1
        skipBlanks(bytes, &position)
        if try byte(bytes, position) != end {
            while true {
                skipBlanks(bytes, &position)
                try item(&position)
                skipBlanks(bytes, &position)
                if try byte(bytes, position) == end { break }
                try expect(",", bytes, &position)
            }
        }
        position += 1
    }

    /// Reads a name and its colon.
    static func key(_ bytes: Span<UInt8>, _ position: inout Int) throws(Failure) -> RawString {
        let name = try rawString(bytes, &position)
        skipBlanks(bytes, &position)
        try expect(":", bytes, &position)
        skipBlanks(bytes, &position)
        return name
    }

    static func skipBlanks(_ bytes: Span<UInt8>, _ position: inout Int) {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    private static func byte(_ bytes: Span<UInt8>, _ position: Int) throws(Failure) -> UInt8 {
        guard position < bytes.count else { throw .incomplete }
        return bytes[position]
    }

    private static func expect(_ byte: Unicode.Scalar, _ bytes: Span<UInt8>, _ position: inout Int) throws(Failure) {
        guard try self.byte(bytes, position) == UInt8(ascii: byte) else { throw .malformed(position, "\(byte) expected") }
        position += 1
    }

    /// A value of any kind; arrays and objects are read and forgotten.
    static func value(_ bytes: Span<UInt8>, _ position: inout Int, depth: Int) throws(Failure) -> DeviceFieldValue {
        switch try byte(bytes, position) {
        case UInt8(ascii: "\""): return .text(try decoded(bytes, try rawString(bytes, &position)))
        case UInt8(ascii: "t"): return try word("true", bytes, &position)
        case UInt8(ascii: "f"): return try word("false", bytes, &position)
        case UInt8(ascii: "n"): return try word("null", bytes, &position)
        case UInt8(ascii: "["):
            try skipNested(bytes, &position, end: UInt8(ascii: "]"), depth: depth, named: false)
            return .other("an array")
        case UInt8(ascii: "{"):
            try skipNested(bytes, &position, end: UInt8(ascii: "}"), depth: depth, named: true)
            return .other("an object")
        default:
            guard let number = DecimalNumber.scan(bytes, &position) else {
                // "1." or "-" at the end of the window may go on.
                var end = position
                while end < bytes.count, isNumberByte(bytes[end]) { end += 1 }
                if end == bytes.count { throw .incomplete }
                throw .malformed(position, "a value expected")
            }
            return .number(number)
        }
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E || byte | 0x20 == 0x65
    }

    private static func skipNested(
        _ bytes: Span<UInt8>, _ position: inout Int, end: UInt8, depth: Int, named: Bool
    ) throws(Failure) {
        guard depth < deepest else { throw .malformed(position, "nested deeper than \(deepest)") }
        try items(bytes, &position, end: end) { (position) throws(Failure) in
            if named { _ = try key(bytes, &position) }
            _ = try value(bytes, &position, depth: depth + 1)
        }
    }

    private static func word(_ word: String, _ bytes: Span<UInt8>, _ position: inout Int) throws(Failure) -> DeviceFieldValue {
        for letter in word.utf8 {
            guard try byte(bytes, position) == letter else { throw .malformed(position, "a value expected") }
            position += 1
        }
        return .other(word)
    }
}

extension JSONScanner {
    /// The bytes between the quotation marks, and whether they stand for themselves.
    struct RawString {
        let range: Range<Int>
        let isPlain: Bool
    }

    fileprivate static func rawString(_ bytes: Span<UInt8>, _ position: inout Int) throws(Failure) -> RawString {
        try expect("\"", bytes, &position)
        let start = position
        var isPlain = true
        while true {
            let byte = try byte(bytes, position)
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else { throw .malformed(position, "a control character in a text") }
            if byte == UInt8(ascii: "\\") {
                isPlain = false
                position += 1
            }
            position += 1
        }
        defer { position += 1 }
        return RawString(range: start..<position, isPlain: isPlain)
    }

    /// The text, escapes resolved.
    static func decoded(_ bytes: Span<UInt8>, _ raw: RawString) throws(Failure) -> String {
        var units: [UInt8] = []
        units.reserveCapacity(raw.range.count)
        var index = raw.range.lowerBound
        while index < raw.range.upperBound {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                units.append(byte)
                continue
            }
            let escape = bytes[index]
            index += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(escape)
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"): units.append(contentsOf: String(try scalar(bytes, &index, end: raw.range.upperBound)).utf8)
            default: throw .malformed(index - 2, "no escape of JSON")
            }
        }
        guard let text = String(validating: units, as: UTF8.self) else { throw .malformed(raw.range.lowerBound, "no UTF-8 text") }
        return text
    }

    private static func scalar(_ bytes: Span<UInt8>, _ index: inout Int, end: Int) throws(Failure) -> Unicode.Scalar {
        let first = try hexadecimal(bytes, &index, end: end)
        if let scalar = Unicode.Scalar(first) { return scalar }
        // A surrogate: the other half follows.
        guard (0xD800..<0xDC00).contains(first), index + 6 <= end, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { throw .malformed(index, "half a surrogate pair") }
        index += 2
        let second = try hexadecimal(bytes, &index, end: end)
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else {
            throw .malformed(index, "half a surrogate pair")
        }
        return scalar
    }

    private static func hexadecimal(_ bytes: Span<UInt8>, _ index: inout Int, end: Int) throws(Failure) -> UInt32 {
        guard index + 4 <= end else { throw .malformed(index, "four hexadecimal digits expected") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
                throw .malformed(index, "four hexadecimal digits expected")
            }
            value = value << 4 + UInt32(digit)
            index += 1
        }
        return value
    }
}
