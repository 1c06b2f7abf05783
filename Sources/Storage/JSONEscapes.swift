/// The escapes of a JSON string.
package enum JSONEscapes {
    /// The text of the bytes in `range`, which stand between the quotation marks; none of them ends with a backslash's first half
    /// (precondition).
    package static func decode(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(JSONReader.Failure) -> String {
        var units: [UInt8] = []
        units.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
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
            case UInt8(ascii: "u"): units.append(contentsOf: String(try scalar(bytes, &index, end: range.upperBound)).utf8)
            default: throw .init(position: index - 2, problem: "no escape of JSON")
            }
        }
        guard let text = String(validating: units, as: UTF8.self) else {
            throw .init(position: range.lowerBound, problem: "no UTF-8 text")
        }
        return text
    }

    private static func scalar(
        _ bytes: Span<UInt8>, _ index: inout Int, end: Int
    ) throws(JSONReader.Failure) -> Unicode.Scalar {
        let first = try hexadecimal(bytes, &index, end: end)
        if let scalar = Unicode.Scalar(first) { return scalar }
        // A surrogate: the other half follows.
        guard (0xD800..<0xDC00).contains(first), index + 6 <= end, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { throw .init(position: index, problem: "half a surrogate pair") }
        index += 2
        let second = try hexadecimal(bytes, &index, end: end)
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw .init(position: index, problem: "half a surrogate pair") }
        return scalar
    }

    private static func hexadecimal(_ bytes: Span<UInt8>, _ index: inout Int, end: Int) throws(JSONReader.Failure) -> UInt32 {
        guard index + 4 <= end else { throw .init(position: index, problem: "four hexadecimal digits expected") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
                throw .init(position: index, problem: "four hexadecimal digits expected")
            }
            value = value << 4 + UInt32(digit)
            index += 1
        }
        return value
    }
}
