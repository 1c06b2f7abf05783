import Foundation
import ImageFiles
import ImageQuality

/// An array of a `.npz` file, in C order.
struct NumPyArray {
    /// NumPy's name of the element type, such as `|u1`.
    let type: String
    let shape: [Int]
    /// The elements as they lie in the file.
    let bytes: Data

    private static let elementBytes = ["|u1": 1, "<f4": 4, "<f8": 8]

    /// The array `name` of `archive`; nil where there is none.
    ///
    /// - Throws: `EvaluationError` for one that is damaged, or not of bytes, float32 or float64.
    init?(_ name: String, in archive: ZipArchive) throws {
        guard let contents = try archive.contents(of: "\(name).npy") else { return nil }
        func failure(_ problem: String) -> EvaluationError {
            EvaluationError("\(archive.path): array \(name)", problem, wayOut: "write it as uint8, float32 or float64 in C order")
        }
        let start = contents.startIndex
        let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
        guard contents.count >= 12, contents.starts(with: magic) else { throw failure("is no array of NumPy") }
        let isFirstVersion = contents[start + 6] == 1
        let sizeBytes = isFirstVersion ? 2 : 4
        let headerBytes = (0..<sizeBytes).reduce(0) { $0 | Int(contents[start + 8 + $1]) << (8 * $1) }
        let dataStart = start + 8 + sizeBytes + headerBytes
        guard dataStart <= contents.endIndex else { throw failure("breaks off in its header") }
        let header = String(decoding: contents[start + 8 + sizeBytes..<dataStart], as: UTF8.self)
        guard let type = header.firstMatch(of: /'descr': *'([^']*)'/)?.1, let size = Self.elementBytes[String(type)],
            header.contains(/'fortran_order': *False/), let extents = header.firstMatch(of: /'shape': *\(([0-9, ]*)\)/)?.1
        else { throw failure("has a type or order that is not read: \(header.prefix(100).trimmingCharacters(in: .whitespaces))") }
        let shape = extents.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        let count = shape.reduce(Optional(1)) { product, extent in
            product.flatMap { $0.multipliedReportingOverflow(by: extent).overflow ? nil : $0 * extent }
        }
        bytes = contents[dataStart...]
        guard let count, !count.multipliedReportingOverflow(by: size).overflow, bytes.count == count * size else {
            throw failure("has \(bytes.count) bytes for shape \(shape)")
        }
        (self.type, self.shape) = (String(type), shape)
    }

    /// The elements of an array of floating-point numbers; nil for another.
    var doubles: [Double]? {
        bytes.withUnsafeBytes { raw in
            switch type {
            case "<f8": (0..<raw.count / 8).map { raw.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
            case "<f4": (0..<raw.count / 4).map { Double(raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)) }
            default: nil
            }
        }
    }
}

/// The images of an array `(N, H, W, 3)` of bytes; `(N, H, W)` and `(N, H, W, 1)` are gray.
struct NumPyImages: ImageSet {
    private let array: NumPyArray
    private let channels: Int

    /// - Throws: `EvaluationError` for an array of another type or shape.
    init(_ array: NumPyArray, path: String) throws(EvaluationError) {
        let channels = array.shape.count == 3 ? 1 : array.shape.last ?? 0
        guard array.type == "|u1", [3, 4].contains(array.shape.count), [1, 3].contains(channels),
            array.shape[1...2].allSatisfy({ (1...ImageLimits.side).contains($0) })
        else {
            throw EvaluationError(
                "\(path): array arr_0", "has type \(array.type) and shape \(array.shape), which are no images",
                wayOut: "write bytes of shape (N, H, W, 3), or (N, H, W) for gray")
        }
        (self.array, self.channels) = (array, channels)
    }

    var count: Int { array.shape[0] }

    func image(at index: Int) -> RGBImage {
        let (height, width) = (array.shape[1], array.shape[2])
        let size = height * width * channels
        let start = array.bytes.startIndex + index * size
        let pixels = [UInt8](array.bytes[start..<start + size])
        return RGBImage(width: width, height: height, pixels: channels == 3 ? pixels : pixels.flatMap { [$0, $0, $0] })
    }
}
