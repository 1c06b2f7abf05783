import Foundation

/// Decimal numbers, to the nearest `Double`.
enum DecimalNumber {
    enum Form {
        /// As JSON writes them.
        case json
        /// As people and spreadsheets write them, too: `+45`, `045`, `.5`, `5.`.
        case free
    }

    /// Reads the number that starts at `position`, and moves `position` behind it; nil where there is none, `position` unmoved.
    static func scan(_ bytes: Span<UInt8>, _ position: inout Int, form: Form = .json) -> Double? {
        var index = position
        let isNegative = index < bytes.count && bytes[index] == UInt8(ascii: "-")
        if isNegative || form == .free && index < bytes.count && bytes[index] == UInt8(ascii: "+") { index += 1 }
        let firstDigit = index
        var digits = Digits()
        digits.scan(bytes, &index)
        let wholeDigits = index - firstDigit
        guard form == .free || wholeDigits == 1 || wholeDigits > 1 && bytes[firstDigit] != UInt8(ascii: "0") else { return nil }
        var exponent = 0
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            let firstFraction = index
            digits.scan(bytes, &index)
            guard index > firstFraction || form == .free && wholeDigits > 0 else { return nil }
            exponent = firstFraction - index
        } else if wholeDigits == 0 {
            return nil
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            guard let written = scanExponent(bytes, &index) else { return nil }
            exponent += written
        }
        defer { position = index }
        // Both factors are exact, so one rounding gives the nearest number.
        if digits.count <= 19, digits.mantissa <= 1 << 53, abs(exponent) <= 22 {
            let mantissa = Double(digits.mantissa)
            let value = exponent < 0 ? mantissa / powers[-exponent] : mantissa * powers[exponent]
            return isNegative ? -value : value
        }
        return nearest(bytes.extracting(position..<index))
    }

    /// The number that a text is, with nothing else in it.
    static func value(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        var position = 0
        guard let number = scan(bytes.span, &position, form: .free), position == bytes.count else { return nil }
        return number
    }

    /// Decimal digits and the whole number that they make; leading zeros do not count.
    private struct Digits {
        var mantissa: UInt64 = 0
        var count = 0

        mutating func scan(_ bytes: Span<UInt8>, _ index: inout Int) {
            while index < bytes.count {
                let value = bytes[index] &- UInt8(ascii: "0")
                guard value < 10 else { return }
                if count < 19 { mantissa = mantissa &* 10 &+ UInt64(value) }
                if mantissa > 0 { count += 1 }
                index += 1
            }
        }
    }

    /// The exponent from its letter on; nil without digits.
    private static func scanExponent(_ bytes: Span<UInt8>, _ index: inout Int) -> Int? {
        index += 1
        var isNegative = false
        if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
            isNegative = bytes[index] == UInt8(ascii: "-")
            index += 1
        }
        let first = index
        var written = 0
        while index < bytes.count {
            let value = bytes[index] &- UInt8(ascii: "0")
            guard value < 10 else { break }
            written = min(written * 10 + Int(value), 1_000_000)
            index += 1
        }
        guard index > first else { return nil }
        return isNegative ? -written : written
    }

    private static let powers = (0...22).map { pow(10, Double($0)) }

    /// The C library's conversion, which rounds correctly.
    private static func nearest(_ bytes: Span<UInt8>) -> Double {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { buffer in
            // SAFETY: indices stay below `bytes.count`; the last element ends the text.
            for index in 0..<bytes.count { buffer[index] = CChar(bitPattern: bytes[index]) }
            buffer[bytes.count] = 0
            guard let text = buffer.baseAddress else { preconditionFailure("no memory") }
            return strtod(text, nil)
        }
    }
}
