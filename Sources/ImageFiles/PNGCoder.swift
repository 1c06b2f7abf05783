import CLibPNG

/// PNG through libpng's simplified API, which reports errors in a value instead of jumping out of Swift frames.
package enum PNGCoder {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Any PNG as 8-bit RGB: palettes expanded, transparency laid over black.
    package static func decode(_ bytes: [UInt8], path: String) throws(ImageFileError) -> RGBImage {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        // SAFETY: libpng keeps the address of `bytes` until `png_image_finish_read`, so both calls run inside this closure.
        let result = bytes.withUnsafeBytes { input -> Result<RGBImage, ImageFileError> in
            guard png_image_begin_read_from_memory(&image, input.baseAddress, input.count) != 0 else {
                return .failure(ImageFileError(path: path, problem: .corrupt(message(of: image))))
            }
            let (width, height) = (Int(image.width), Int(image.height))
            do throws(ImageFileError) {
                try ImageLimits.check(width: width, height: height, path: path)
            } catch {
                return .failure(error)
            }
            image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
            image.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
            var black = png_color(red: 0, green: 0, blue: 0)
            var pixels = [UInt8](repeating: 0, count: width * height * 3)
            guard png_image_finish_read(&image, &black, &pixels, png_int_32(width * 3), nil) != 0 else {
                return .failure(ImageFileError(path: path, problem: .corrupt(message(of: image))))
            }
            return .success(RGBImage(width: width, height: height, pixels: pixels))
        }
        return try result.get()
    }

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
