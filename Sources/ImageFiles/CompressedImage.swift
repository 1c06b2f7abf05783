import CImageCodecs

/// One library that decodes images in memory (`CImageCodecs`).
struct ImageCodec: Sendable {
    typealias Header =
        @Sendable (UnsafePointer<UInt8>?, Int, inout gd_image_header, UnsafeMutablePointer<CChar>?) -> gd_image_status
    typealias Decode =
        @Sendable (UnsafePointer<UInt8>?, Int, gd_image_header, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<CChar>?)
        -> gd_image_status

    let readHeader: Header
    let decode: Decode

    /// libjpeg: 8 bits, one, three or four components, of any process that it knows.
    static let jpeg = ImageCodec {
        gd_jpeg_header($0, $1, &$2, $3)
    } decode: { bytes, count, header, pixels, reason in
        withUnsafePointer(to: header) { gd_jpeg_decode(bytes, count, $0, pixels, reason) }
    }

    /// libpng: any depth and colour, a gamma other than sRGB's applied.
    static let png = ImageCodec {
        gd_png_header($0, $1, &$2, $3)
    } decode: { bytes, count, header, pixels, reason in
        withUnsafePointer(to: header) { gd_png_decode(bytes, count, $0, pixels, reason) }
    }

    /// libwebp: lossy, lossless, the first picture of an animation.
    static let webp = ImageCodec {
        gd_webp_header($0, $1, &$2, $3)
    } decode: { bytes, count, header, pixels, reason in
        withUnsafePointer(to: header) { gd_webp_decode(bytes, count, $0, pixels, reason) }
    }

    /// The picture in `bytes` without what its metadata say, transparency laid over black; `path` names it in errors.
    func image(
        _ bytes: [UInt8], path: String, limit: Int
    ) throws(ImageFileError) -> (image: RGBImage, isAnimated: Bool) {
        var reason = [CChar](repeating: 0, count: Int(GD_IMAGE_REASON))
        var header = gd_image_header()
        // SAFETY: both calls read at most `bytes.count` bytes at the array's address and write `reason` within its length.
        var status = bytes.withUnsafeBufferPointer { readHeader($0.baseAddress, $0.count, &header, &reason) }
        try check(status, reason, path)
        let (width, height) = (Int(header.width), Int(header.height))
        try ImageLimits.check(width: width, height: height, limit: limit, path: path)
        let size = width * height * Int(header.channels)
        let pixels = [UInt8](unsafeUninitializedCapacity: size) { target, count in
            // SAFETY: `target` has room for height x width x channels bytes; where the decoder succeeds, it has written all of them, and
            // where not, they are not read.
            status = bytes.withUnsafeBufferPointer {
                decode($0.baseAddress, $0.count, header, target.baseAddress, &reason)
            }
            count = size
        }
        try check(status, reason, path)
        let opaque = header.channels == 4 ? overBlack(pixels) : pixels
        return (RGBImage(width: width, height: height, pixels: opaque), header.animated != 0)
    }

    private func check(_ status: gd_image_status, _ reason: [CChar], _ path: String) throws(ImageFileError) {
        let text = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        switch status {
        case GD_IMAGE_OK: return
        case GD_IMAGE_UNSUPPORTED: throw ImageFileError(path: path, problem: .unsupported(text))
        case GD_IMAGE_NO_MEMORY: throw ImageFileError(path: path, problem: .unreadable("out of memory"))
        default: throw ImageFileError(path: path, problem: .corrupt(text))
        }
    }
}

/// R, G, B, A over black, mixed as the values stand, which is what viewers do: `round(value * alpha / 255)`.
private func overBlack(_ pixels: [UInt8]) -> [UInt8] {
    let count = pixels.count / 4
    return [UInt8](unsafeUninitializedCapacity: count * 3) { target, written in
        // SAFETY: pixel `i` writes the three bytes from 3 i on, `count` times three in all.
        for index in 0..<count {
            let alpha = UInt32(pixels[4 * index + 3])
            for channel in 0..<3 {
                target[3 * index + channel] = UInt8((UInt32(pixels[4 * index + channel]) * alpha + 127) / 255)
            }
        }
        written = count * 3
    }
}
