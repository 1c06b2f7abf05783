/// Walks the text of a Netpbm file: numbers with blanks and `#` comments, which end at a line feed or carriage return, between them.
struct NetpbmHeader {
    private let bytes: [UInt8]
    private let path: String
    /// The byte after the last token.
    private(set) var position: Int

    /// - Parameter position: where the first blank must be.
    init(_ bytes: [UInt8], position: Int, path: String) { (self.bytes, self.position, self.path) = (bytes, position, path) }

    /// The number of at most nine digits behind at least one blank. A blank must follow: one, or a comment with the end of its line.
    mutating func number(_ name: String) throws(ImageFileError) -> Int {
        let start = position
        skipBlanks()
        guard position > start else { throw damage("no blank before the \(name)") }
        let value = try digits(name)
        guard position < bytes.count, Self.isBlank(bytes[position]) || bytes[position] == UInt8(ascii: "#") else {
            throw damage("\(name) missing or not a number of at most 9 digits")
        }
        if bytes[position] == UInt8(ascii: "#") { skipComment() }
        return value
    }

    /// A sample written as text, at most `maximum`.
    mutating func sample(upTo maximum: Int) throws(ImageFileError) -> Int {
        skipBlanks()
        let value = try digits("a sample")
        guard value <= maximum else { throw damage("sample \(value) is above the maximum value \(maximum)") }
        return value
    }

    /// A pixel of a bitmap written as text: 0 for white, 1 for black, blanks between them or not.
    mutating func bit() throws(ImageFileError) -> Int {
        skipBlanks()
        guard position < bytes.count, let digit = Self.digit(bytes[position]), digit <= 1 else {
            throw damage(position < bytes.count ? "a pixel that is neither 0 nor 1" : "ends early")
        }
        position += 1
        return digit
    }

    private mutating func digits(_ name: String) throws(ImageFileError) -> Int {
        let start = position
        var value = 0
        while position < bytes.count, let digit = Self.digit(bytes[position]), position - start < 9 {
            value = value * 10 + digit
            position += 1
        }
        guard position > start else {
            throw damage(position < bytes.count ? "\(name) missing or not a number of at most 9 digits" : "ends early")
        }
        return value
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "#") {
                skipComment()
            } else if Self.isBlank(bytes[position]) {
                position += 1
            } else {
                return
            }
        }
    }

    /// To the end of the comment's line, which stays.
    private mutating func skipComment() {
        while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D { position += 1 }
    }

    private func damage(_ reason: String) -> ImageFileError { ImageFileError(path: path, problem: .corrupt(reason)) }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func digit(_ byte: UInt8) -> Int? { (0x30...0x39).contains(byte) ? Int(byte) - 0x30 : nil }
}
