import Foundation
import Storage

/// Reading and writing whole image files; the format is told by the first bytes, not by the name.
package enum ImageFile {
    /// A picture as it is used here.
    package struct Contents: Equatable, Sendable {
        /// Upright, 8-bit RGB, transparency laid over black.
        package let image: RGBImage
        /// Whether the file has more pictures than this, its first.
        package let isAnimated: Bool
    }

    /// True for a name that ends like those of files which are read here, in any case.
    package static func isImageName(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return ImageFormat.extensions.contains(Substring(name[name.index(after: dot)...].lowercased()))
    }

    /// The image in a JPEG, PNG, WebP, PPM, PGM or PBM file.
    package static func read(_ path: String) throws(ImageFileError) -> Contents {
        try contents(of: bytes(of: path), path: path)
    }

    /// The image in `bytes`; `path` names them in errors, `limit` is the largest number of pixels that is accepted.
    package static func decode(
        _ bytes: [UInt8], path: String, limit: Int = ImageLimits.pixels
    ) throws(ImageFileError) -> RGBImage {
        try contents(of: bytes, path: path, limit: limit).image
    }

    private static func contents(
        of bytes: [UInt8], path: String, limit: Int = ImageLimits.pixels
    ) throws(ImageFileError) -> Contents {
        let format = try ImageFormat(of: bytes, path: path)
        let (image, isAnimated) =
            switch format {
            case .jpeg: try ImageCodec.jpeg.image(bytes, path: path, limit: limit)
            case .png: try ImageCodec.png.image(bytes, path: path, limit: limit)
            case .webp: try ImageCodec.webp.image(bytes, path: path, limit: limit)
            case .netpbm(let kind): (try NetpbmCoder.decode(bytes, kind: kind, path: path, limit: limit), false)
            }
        let metadata = ImageMetadata(of: bytes, format: format)
        return Contents(image: image.oriented(metadata.orientation), isAnimated: isAnimated || metadata.isAnimated)
    }

    /// The names' ends of images that are written; a name without one is a PNG.
    package static let writtenExtensions = ["png", "ppm"]

    /// True where an image can be written under the name: its end names PNG or PPM, or it has none.
    package static func canWrite(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return true }
        return writtenExtensions.contains(name[name.index(after: dot)...].lowercased())
    }

    /// Writes `image` as PPM where the name ends in `.ppm`, otherwise as PNG; the file appears whole or not at all.
    package static func write(_ image: RGBImage, to path: String) throws(ImageFileError) {
        guard canWrite(path) else {
            let ends = writtenExtensions.joined(separator: " or .")
            throw ImageFileError(path: path, problem: .unwritable("its name does not end in .\(ends)"))
        }
        let bytes = path.lowercased().hasSuffix(".ppm") ? NetpbmCoder.encode(image) : try PNGCoder.encode(image, path: path)
        do throws(FileError) {
            try AtomicFile.write(bytes, to: path)
        } catch {
            throw ImageFileError(path: path, problem: .unwritable(error.reason))
        }
    }

    /// The bytes of a regular file no larger than an uncompressed image of the largest size accepted. Nothing else is opened: a pipe
    /// without a writer would wait for ever.
    static func bytes(of path: String) throws(ImageFileError) -> [UInt8] {
        var status = stat()
        guard stat(path, &status) == 0 else { throw unreadable(path, FileError.systemReason()) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw unreadable(path, "not a regular file") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path, FileError.systemReason()) }
        defer { close(descriptor) }
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw unreadable(path, "not a regular file")
        }
        let size = Int(status.st_size)
        guard size <= ImageLimits.fileBytes else {
            throw ImageFileError(path: path, problem: .unsupported("\(size) bytes is more than an image here may have"))
        }
        var failure: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            // SAFETY: `buffer` holds `size` bytes; each call writes at most the rest of them and returns how many it wrote.
            while count < size {
                let received = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), size - count)
                if received < 0 && errno == EINTR { continue }
                guard received > 0 else {
                    failure = received < 0 ? FileError.systemReason() : "read ended early"
                    return
                }
                count += received
            }
        }
        if let failure { throw unreadable(path, failure) }
        return bytes
    }

    private static func unreadable(_ path: String, _ reason: String) -> ImageFileError {
        ImageFileError(path: path, problem: .unreadable(reason))
    }
}
