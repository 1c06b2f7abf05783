/// What an image file says beside its pixels and matters here: which way is up, and whether more pictures follow.
struct ImageMetadata: Equatable {
    /// As EXIF counts them, 1...8; 1 leaves the picture as it is.
    var orientation = 1
    /// An animated PNG.
    var isAnimated = false

    /// Reads only lengths and names of the file's parts, and one table of EXIF; damage there means no metadata.
    init(of bytes: [UInt8], format: ImageFormat) {
        switch format {
        case .jpeg: readJPEG(bytes)
        case .png: readPNG(bytes)
        case .webp: readWebP(bytes)
        case .netpbm: break
        }
    }

    /// Segments up to the first scan: a marker, a length that counts itself, and the rest.
    private mutating func readJPEG(_ bytes: [UInt8]) {
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xFF {
            let marker = bytes[position + 1]
            if marker == 0xFF {  // A fill byte.
                position += 1
                continue
            }
            let end = position + 2 + bytes.integer(at: position + 2, bytes: 2, littleEndian: false)
            guard marker != 0xDA, end >= position + 4, end <= bytes.count else { return }
            let payload = bytes[position + 4..<end]
            if marker == 0xE1, payload.starts(with: Self.exifPrefix), let found = EXIF.orientation(payload) {
                orientation = found
                return
            }
            position = end
        }
    }

    /// Chunks: a length, a name, the contents, a checksum.
    private mutating func readPNG(_ bytes: [UInt8]) {
        var position = PNGCoder.signature.count
        while position + 12 <= bytes.count {
            let start = position + 8
            let end = start + bytes.integer(at: position, bytes: 4, littleEndian: false)
            guard end + 4 <= bytes.count else { return }
            let name = bytes[position + 4..<start]
            if name.elementsEqual("eXIf".utf8) { orientation = EXIF.orientation(bytes[start..<end]) ?? 1 }
            if name.elementsEqual("acTL".utf8), end >= start + 4 {
                isAnimated = bytes.integer(at: start, bytes: 4, littleEndian: false) > 1
            }
            position = end + 4
        }
    }

    /// Chunks: a name, a length, the contents padded to an even length.
    private mutating func readWebP(_ bytes: [UInt8]) {
        var position = 12
        while position + 8 <= bytes.count {
            let start = position + 8
            let end = start + bytes.integer(at: position + 4, bytes: 4, littleEndian: true)
            guard end <= bytes.count else { return }
            if bytes[position..<position + 4].elementsEqual("EXIF".utf8) {
                orientation = EXIF.orientation(bytes[start..<end]) ?? 1
            }
            position = end + (end - start) % 2
        }
    }

    fileprivate static let exifPrefix = Array("Exif\0\0".utf8)
}

/// The one field of EXIF that changes what a picture shows.
private enum EXIF {
    private static let orientationTag = 0x0112

    /// The orientation in a TIFF header with its first table, behind `Exif\0\0` or not; nil where there is none that makes sense.
    static func orientation(_ block: ArraySlice<UInt8>) -> Int? {
        let bytes = Array(block.starts(with: ImageMetadata.exifPrefix) ? block.dropFirst(6) : block)
        let isLittle = bytes.starts(with: Array("II".utf8))
        guard isLittle || bytes.starts(with: Array("MM".utf8)), bytes.count >= 8 else { return nil }
        let table = bytes.integer(at: 4, bytes: 4, littleEndian: isLittle)
        guard table + 2 <= bytes.count else { return nil }
        for entry in 0..<bytes.integer(at: table, bytes: 2, littleEndian: isLittle) {
            let start = table + 2 + 12 * entry
            guard start + 12 <= bytes.count else { return nil }
            guard bytes.integer(at: start, bytes: 2, littleEndian: isLittle) == orientationTag else { continue }
            let widths = [1: 1, 3: 2, 4: 4]
            guard let width = widths[bytes.integer(at: start + 2, bytes: 2, littleEndian: isLittle)] else { return nil }
            let value = bytes.integer(at: start + 8, bytes: width, littleEndian: isLittle)
            return (1...8).contains(value) ? value : nil
        }
        return nil
    }
}

extension [UInt8] {
    /// The unsigned number of 1 to 4 bytes at `position`, which must lie inside (precondition).
    fileprivate func integer(at position: Int, bytes count: Int, littleEndian: Bool) -> Int {
        var value = 0
        for offset in 0..<count { value = value << 8 | Int(self[position + (littleEndian ? count - 1 - offset : offset)]) }
        return value
    }
}

extension RGBImage {
    /// The picture turned and mirrored so that it stands as its camera's EXIF orientation, 1...8, says (precondition).
    func oriented(_ orientation: Int) -> RGBImage {
        precondition((1...8).contains(orientation), "orientation \(orientation)")
        if orientation == 1 { return self }
        let swapsAxes = orientation >= 5
        let (mirrorsX, mirrorsY) = ([2, 3, 7, 8].contains(orientation), [3, 4, 6, 7].contains(orientation))
        let (newWidth, newHeight) = swapsAxes ? (height, width) : (width, height)
        var result = [UInt8]()
        result.reserveCapacity(pixels.count)
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                let (column, row) = swapsAxes ? (y, x) : (x, y)
                let start = ((mirrorsY ? height - 1 - row : row) * width + (mirrorsX ? width - 1 - column : column)) * 3
                result.append(pixels[start])
                result.append(pixels[start + 1])
                result.append(pixels[start + 2])
            }
        }
        return RGBImage(width: newWidth, height: newHeight, pixels: result)
    }
}
