import CLibPNG

/// Writes PNG through libpng's simplified API, which reports errors in a value instead of jumping out of Swift frames.
package enum PNGCoder {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// `image` as an 8-bit RGB PNG file; `path` names it in errors.
    package static func encode(_ image: RGBImage, path: String = "PNG in memory") throws(ImageFileError) -> [UInt8] {
        var description = png_image()
        description.version = png_uint_32(PNG_IMAGE_VERSION)
        description.width = png_uint_32(image.width)
        description.height = png_uint_32(image.height)
        description.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
        defer { png_image_free(&description) }
        // Filter bytes, stored deflate blocks (5 bytes in 16 KiB) and IDAT chunk frames (12 bytes in 8 KiB) at worst.
        let raw = (image.width * 3 + 1) * image.height
        var size = png_alloc_size_t(raw + raw / 256 + 4096)
        var file = [UInt8](repeating: 0, count: Int(size))
        guard png_image_write_to_memory(&description, &file, &size, 0, image.pixels, png_int_32(image.width * 3), nil) != 0
        else { throw ImageFileError(path: path, problem: .unwritable(message(of: description))) }
        file.removeLast(file.count - Int(size))
        return file
    }

    private static func message(of image: png_image) -> String {
        withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
