import Foundation
import Storage

/// Reading and writing whole image files; the format is told by the first bytes, not by the name.
package enum ImageFile {
    /// The image in a PNG or binary PPM (P6) file.
    package static func read(_ path: String) throws(ImageFileError) -> RGBImage {
        try decode(bytes(of: path), path: path)
    }

    /// The image in `bytes`; `path` names them in errors.
    package static func decode(_ bytes: [UInt8], path: String) throws(ImageFileError) -> RGBImage {
        if bytes.starts(with: PNGCoder.signature) { return try PNGCoder.decode(bytes, path: path) }
        if bytes.starts(with: PPMCoder.signature) { return try PPMCoder.decode(bytes, path: path) }
        guard !bytes.isEmpty else { throw ImageFileError(path: path, problem: .corrupt("empty file")) }
        let start = bytes.prefix(4).map { String(format: "%02x", $0) }.joined(separator: " ")
        throw ImageFileError(path: path, problem: .unknownFormat(start))
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
        let bytes = path.lowercased().hasSuffix(".ppm") ? PPMCoder.encode(image) : try PNGCoder.encode(image, path: path)
        do throws(FileError) {
            try AtomicFile.write(bytes, to: path)
        } catch {
            throw ImageFileError(path: path, problem: .unwritable(error.reason))
        }
    }

    /// The bytes of a regular file no larger than an uncompressed image of the largest size accepted.
    static func bytes(of path: String) throws(ImageFileError) -> [UInt8] {
        guard let file = fopen(path, "rb") else {
            throw ImageFileError(path: path, problem: .unreadable(String(cString: strerror(errno))))
        }
        defer { fclose(file) }
        var status = stat()
        guard fstat(fileno(file), &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ImageFileError(path: path, problem: .unreadable("not a regular file"))
        }
        let size = Int(status.st_size)
        guard size <= ImageLimits.pixels * 4 else {
            throw ImageFileError(path: path, problem: .unsupported("\(size) bytes is more than an image here may have"))
        }
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            // SAFETY: `buffer` holds `size` bytes, `fread` writes at most that many and returns how many it wrote.
            count = size == 0 ? 0 : fread(buffer.baseAddress, 1, size, file)
        }
        guard bytes.count == size else { throw ImageFileError(path: path, problem: .unreadable("read ended early")) }
        return bytes
    }
}
