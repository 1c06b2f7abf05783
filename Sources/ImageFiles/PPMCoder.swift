/// Binary PPM (P6): `P6`, width, height and maximum value as decimal text with blanks and `#` comments, one blank, then the bytes.
package enum PPMCoder {
    static let signature: [UInt8] = Array("P6".utf8)

    /// 8-bit PPM with a maximum value of 1...255; other maxima are scaled to 255.
    package static func decode(_ bytes: [UInt8], path: String) throws(ImageFileError) -> RGBImage {
        guard bytes.starts(with: signature) else {
            throw ImageFileError(path: path, problem: .corrupt("does not start with P6"))
        }
        var header = HeaderReader(bytes: bytes, position: signature.count, path: path)
        let width = try header.nextNumber("width")
        let height = try header.nextNumber("height")
        let maximum = try header.nextNumber("maximum value")
        try ImageLimits.check(width: width, height: height, path: path)
        guard (1...255).contains(maximum) else {
            throw ImageFileError(path: path, problem: .unsupported("maximum value \(maximum) is outside 1...255"))
        }
        let start = header.position + 1
        let needed = width * height * 3
        let present = max(0, bytes.count - start)
        guard present >= needed else {
            throw ImageFileError(path: path, problem: .corrupt("\(present) of \(needed) pixel bytes for \(width)x\(height)"))
        }
        var pixels = Array(bytes[start..<start + needed])
        if maximum != 255 {
            for index in pixels.indices {
                pixels[index] = UInt8((min(Int(pixels[index]), maximum) * 255 + maximum / 2) / maximum)
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    package static func encode(_ image: RGBImage) -> [UInt8] {
        Array("P6\n\(image.width) \(image.height)\n255\n".utf8) + image.pixels
    }

    /// Walks the text header; `position` is the byte after the last token.
    private struct HeaderReader {
        let bytes: [UInt8]
        var position: Int
        let path: String

        mutating func nextNumber(_ name: String) throws(ImageFileError) -> Int {
            let tokenStart = position
            skipBlanksAndComments()
            guard position > tokenStart else {
                throw ImageFileError(path: path, problem: .corrupt("no blank before the \(name)"))
            }
            var value = 0
            let digitsStart = position
            while position < bytes.count, let digit = Self.digit(bytes[position]), position - digitsStart < 9 {
                value = value * 10 + digit
                position += 1
            }
            guard position > digitsStart, position < bytes.count, Self.isBlank(bytes[position]) else {
                throw ImageFileError(path: path, problem: .corrupt("\(name) missing or not a number of at most 9 digits"))
            }
            return value
        }

        private mutating func skipBlanksAndComments() {
            while position < bytes.count {
                if bytes[position] == UInt8(ascii: "#") {
                    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
                } else if Self.isBlank(bytes[position]) {
                    position += 1
                } else {
                    return
                }
            }
        }

        private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

        private static func digit(_ byte: UInt8) -> Int? { (0x30...0x39).contains(byte) ? Int(byte) - 0x30 : nil }
    }
}
