/// Reads a JSON text (RFC 8259) once from its start to its end, each value as the caller asks for it.
///
/// Nothing is accepted beyond the standard but `NaN`, `Infinity` and `-Infinity`, which Python writes for such numbers.
package struct JSONReader {
    /// Why the text is refused.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        /// Bytes before the one that is wrong.
        package let position: Int
        package let problem: String

        package init(position: Int, problem: String) { (self.position, self.problem) = (position, problem) }

        package var description: String { "\(problem) at byte \(position)" }
    }

    /// Objects and arrays inside each other.
    package static let deepest = 64

    private let bytes: [UInt8]
    /// Bytes that have been read.
    package private(set) var position = 0
    private var depth = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// An object; `member` reads the value of each name. That names differ is left to the caller.
    package mutating func object(_ member: (String, inout JSONReader) throws(Failure) -> Void) throws(Failure) {
        try items(from: "{", to: "}") { (reader) throws(Failure) in
            let name = try reader.string()
            try reader.expect(":")
            try member(name, &reader)
        }
    }

    /// An array; `element` reads each of its values.
    package mutating func array(_ element: (inout JSONReader) throws(Failure) -> Void) throws(Failure) {
        try items(from: "[", to: "]", element)
    }

    package mutating func string() throws(Failure) -> String {
        try expect("\"")
        let start = position
        var isPlain = true
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw failure("a control character in a text") }
            if byte == UInt8(ascii: "\\") {
                isPlain = false
                position += 1
            }
            position += 1
        }
        guard next != nil else { throw Failure(position: bytes.count, problem: "the text ends in a string") }
        defer { position += 1 }
        guard isPlain else { return try JSONEscapes.decode(bytes.span, start..<position) }
        guard let text = String(validating: bytes[start..<position], as: UTF8.self) else {
            throw Failure(position: start, problem: "no UTF-8 text")
        }
        return text
    }

    /// A number of things: digits alone, and no more than an `Int` holds.
    package mutating func count() throws(Failure) -> Int {
        skipBlanks()
        let start = position
        guard case .integer(let count) = try number(), count >= 0 else {
            throw Failure(position: start, problem: "a whole number of at least 0 expected")
        }
        return count
    }

    /// A value of any kind. An object that has a name twice is refused.
    package mutating func value() throws(Failure) -> JSONValue {
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"):
            var fields: [String: JSONValue] = [:]
            try object { (name, reader) throws(Failure) in
                let start = reader.position
                guard fields.updateValue(try reader.value(), forKey: name) == nil else {
                    throw Failure(position: start, problem: "a second \(name)")
                }
            }
            return .object(fields)
        case UInt8(ascii: "["):
            var values: [JSONValue] = []
            try array { (reader) throws(Failure) in values.append(try reader.value()) }
            return .array(values)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t") where skip("true"): return .boolean(true)
        case UInt8(ascii: "f") where skip("false"): return .boolean(false)
        case UInt8(ascii: "n") where skip("null"): return .null
        case UInt8(ascii: "N") where skip("NaN"): return .number(.nan)
        case UInt8(ascii: "I") where skip("Infinity"): return .number(.infinity)
        case UInt8(ascii: "-") where skip("-Infinity"): return .number(-.infinity)
        default: return try number()
        }
    }

    /// Reads a value of any kind and forgets it.
    package mutating func skipValue() throws(Failure) {
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): try object { (_, reader) throws(Failure) in try reader.skipValue() }
        case UInt8(ascii: "["): try array { (reader) throws(Failure) in try reader.skipValue() }
        default: _ = try value()
        }
    }

    /// Refuses what follows the value.
    package mutating func end() throws(Failure) {
        skipBlanks()
        guard position == bytes.count else { throw failure("more text behind the value") }
    }
}

extension JSONReader {
    /// The byte at `position`, nil at the end.
    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func failure(_ problem: String) -> Failure { Failure(position: position, problem: problem) }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
        skipBlanks()
        guard next == UInt8(ascii: character) else { throw failure("\(character) expected") }
        position += 1
    }

    /// Whether the text goes on with `word`, which is then read.
    private mutating func skip(_ word: StaticString) -> Bool {
        let end = position + word.utf8CodeUnitCount
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[position..<end].elementsEqual(letters) else { return false }
        position = end
        return true
    }

    /// What stands between two brackets, commas between the items.
    private mutating func items(
        from first: Unicode.Scalar, to last: Unicode.Scalar, _ item: (inout JSONReader) throws(Failure) -> Void
    ) throws(Failure) {
        try expect(first)
        depth += 1
        guard depth <= Self.deepest else { throw failure("nested deeper than \(Self.deepest)") }
        skipBlanks()
        if next != UInt8(ascii: last) {
            try item(&self)
            skipBlanks()
            while next == UInt8(ascii: ",") {
                position += 1
                try item(&self)
                skipBlanks()
            }
        }
        try expect(last)
        depth -= 1
    }

    /// `-? (0 | [1-9][0-9]*) (.[0-9]+)? ([eE][+-]?[0-9]+)?`; an integer where it has neither fraction nor exponent and fits.
    private mutating func number() throws(Failure) -> JSONValue {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        guard skipDigits() > 0 else { throw Failure(position: start, problem: "a value expected") }
        guard bytes[firstDigit] != UInt8(ascii: "0") || position == firstDigit + 1 else {
            throw Failure(position: start, problem: "a number that begins with 0")
        }
        let integerEnd = position
        if next == UInt8(ascii: ".") {
            position += 1
            guard skipDigits() > 0 else { throw failure("a digit expected") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            guard skipDigits() > 0 else { throw failure("a digit expected") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if position == integerEnd, text != "-0", let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text) else { throw Failure(position: start, problem: "a value expected") }
        return .number(number)
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        return position - start
    }
}
