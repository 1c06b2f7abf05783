/// Netpbm's bitmaps, gray and colour maps (PBM, PGM, PPM), as text (P1 to P3) and binary (P4 to P6).
package enum NetpbmCoder {
    /// Samples scaled from their maximum value, 1...65535, to 255 and rounded; larger samples of a binary file count as the maximum.
    static func decode(_ bytes: [UInt8], kind: UInt8, path: String, limit: Int) throws(ImageFileError) -> RGBImage {
        var header = NetpbmHeader(bytes, position: 2, path: path)
        let width = try header.number("width")
        let height = try header.number("height")
        let isBitmap = kind == 1 || kind == 4
        let maximum = isBitmap ? 1 : try header.number("maximum value")
        try ImageLimits.check(width: width, height: height, limit: limit, path: path)
        guard (1...65535).contains(maximum) else {
            throw ImageFileError(path: path, problem: .unsupported("maximum value \(maximum) is outside 1...65535"))
        }
        let channels = kind == 3 || kind == 6 ? 3 : 1
        let samples = width * height * channels
        if kind <= 3 {
            return try decodeText(&header, width: width, height: height, channels: channels, isBitmap: isBitmap, maximum: maximum)
        }
        let start = header.position + 1
        let sampleBytes = maximum > 255 ? 2 : 1
        let needed = isBitmap ? (width + 7) / 8 * height : samples * sampleBytes
        let present = max(0, bytes.count - start)
        guard present >= needed else {
            throw ImageFileError(path: path, problem: .corrupt("\(present) of \(needed) pixel bytes for \(width)x\(height)"))
        }
        let data = bytes[start..<start + needed]
        if channels == 3 && maximum == 255 { return RGBImage(width: width, height: height, pixels: Array(data)) }
        let values = isBitmap ? unpackedBits(data, width: width, height: height) : scaled(data, sampleBytes, maximum)
        return image(values, width: width, height: height, channels: channels)
    }

    /// Binary PPM (P6).
    package static func encode(_ image: RGBImage) -> [UInt8] {
        Array("P6\n\(image.width) \(image.height)\n255\n".utf8) + image.pixels
    }

    private static func decodeText(
        _ header: inout NetpbmHeader, width: Int, height: Int, channels: Int, isBitmap: Bool, maximum: Int
    ) throws(ImageFileError) -> RGBImage {
        var values: [UInt8] = []
        for _ in 0..<width * height * channels {
            if isBitmap {
                values.append(try header.bit() == 1 ? 0 : 255)
            } else {
                values.append(byte(try header.sample(upTo: maximum), of: maximum))
            }
        }
        return image(values, width: width, height: height, channels: channels)
    }

    /// Rows of bits, the highest first, padded to whole bytes; 1 is black.
    private static func unpackedBits(_ data: ArraySlice<UInt8>, width: Int, height: Int) -> [UInt8] {
        let stride = (width + 7) / 8
        var values: [UInt8] = []
        values.reserveCapacity(width * height)
        for row in 0..<height {
            for x in 0..<width {
                let byte = data[data.startIndex + row * stride + x / 8]
                values.append(byte >> UInt8(7 - x % 8) & 1 == 1 ? 0 : 255)
            }
        }
        return values
    }

    /// Samples of one or two bytes, the high one first.
    private static func scaled(_ data: ArraySlice<UInt8>, _ sampleBytes: Int, _ maximum: Int) -> [UInt8] {
        if maximum == 255 { return Array(data) }
        let table = (0..<(sampleBytes == 1 ? 256 : 65536)).map { byte($0, of: maximum) }
        guard sampleBytes == 2 else { return data.map { table[Int($0)] } }
        return stride(from: data.startIndex, to: data.endIndex, by: 2).map { table[Int(data[$0]) << 8 | Int(data[$0 + 1])] }
    }

    private static func byte(_ sample: Int, of maximum: Int) -> UInt8 {
        UInt8((min(sample, maximum) * 255 + maximum / 2) / maximum)
    }

    /// Gray values become three equal ones.
    private static func image(_ values: [UInt8], width: Int, height: Int, channels: Int) -> RGBImage {
        guard channels == 1 else { return RGBImage(width: width, height: height, pixels: values) }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(values.count * 3)
        for value in values { for _ in 0..<3 { pixels.append(value) } }
        return RGBImage(width: width, height: height, pixels: pixels)
    }
}
