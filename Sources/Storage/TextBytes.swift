/// UTF-8 text that is put together piece by piece.
package struct TextBytes: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func append(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
    package mutating func append(text: String) { bytes.append(contentsOf: text.utf8) }
    package mutating func append(_ text: TextBytes) { bytes.append(contentsOf: text.bytes) }
    /// The shortest form that reads back as the same number.
    package mutating func append(number: Double) { bytes.append(contentsOf: number.description.utf8) }

    /// A text in quotation marks, as JSON escapes it.
    package mutating func append(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        for unit in text.utf8 {
            switch unit {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(unit)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(Self.hexadecimal[Int(unit >> 4)])
                bytes.append(Self.hexadecimal[Int(unit & 15)])
            default: bytes.append(unit)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A CSV cell by RFC 4180.
    package mutating func append(cell text: String) {
        guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else {
            return append(text: text)
        }
        bytes.append(UInt8(ascii: "\""))
        for unit in text.utf8 {
            if unit == UInt8(ascii: "\"") { bytes.append(unit) }
            bytes.append(unit)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
