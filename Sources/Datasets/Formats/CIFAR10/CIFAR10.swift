import ImageFiles
import Kernels
import Records
import Storage

/// CIFAR-10 (Krizhevsky 2009), binary version: records of one label byte and 3 x 32 x 32 bytes, plane by plane; or Python version: pickled
/// dictionaries of the same bytes.
package enum CIFAR10 {
    /// Width and height of the images as they are stored.
    package static let side = 32
    private static let recordBytes = 1 + 3 * side * side
    private static let classNames = [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ]

    /// All training batches of `directory` in the order of their numbers, or the test batch.
    ///
    /// - Parameter size: of the result; for other than 32x32 the largest central part of that shape is resized.
    package static func load(
        directory: String, subset: DatasetSubset = .train, size: ImageSize = .square(side)
    ) throws(DatasetError) -> StoredImages {
        var labels: [Int] = []
        var pixels: [UInt8] = []
        let (folder, names, others) = try batches(in: directory, subset)
        for name in names { try append(file: "\(folder)/\(name)", &labels, &pixels) }
        var files = ImageFileCounts()
        for name in others {
            files.passOver(FileSystem.isHidden(name) ? "hidden" : isBatch(name) ? "other batches" : FileSystem.kind(ofName: name))
        }
        files.seen += names.count
        files.used = names.count
        return StoredImages(
            name: "CIFAR-10 (\(subset.rawValue))", size: size, classNames: classNames, allowsHorizontalFlip: true, labels: labels,
            groups: nil, files: files, pixels: fitted(pixels, to: size))
    }

    /// All images of `pixels` at another size.
    private static func fitted(_ pixels: [UInt8], to size: ImageSize) -> [UInt8] {
        guard size != .square(side) else { return pixels }
        let bytes = side * side * 3
        OutOfMemory.require(bytes: pixels.count / bytes * size.pixels * 3, wayOut: "use smaller images, or fewer batches")
        return stride(from: 0, to: pixels.count, by: bytes).flatMap { start in
            RGBImage(width: side, height: side, pixels: Array(pixels[start..<start + bytes])).fitted(to: size).pixels
        }
    }

    /// The folder with batches, their names, and what else lies there.
    private static func batches(
        in directory: String, _ subset: DatasetSubset
    ) throws(DatasetError) -> (folder: String, names: [String], others: [String]) {
        let prefix = subset == .test ? "test_batch" : "data_batch_"
        for folder in ["", "/cifar-10-batches-bin", "/cifar-10-batches-py"].map({ directory + $0 }) {
            let entries = try folder == directory || Folder.exists(folder) ? FileSystem.allEntries(of: folder) : []
            let names = entries.filter { $0.hasPrefix(prefix) && isBatch($0) }
            // Where both versions lie in one folder, they are the same images.
            let binary = names.filter { $0.hasSuffix(".bin") }
            let used = binary.isEmpty ? names : binary
            if !used.isEmpty { return (folder, used, entries.filter { !used.contains($0) && !Folder.exists("\(folder)/\($0)") }) }
        }
        throw DatasetError(
            source: directory, problem: "no \(subset == .test ? "test_batch" : "data_batch_1"), with .bin or without, here",
            remedy: "name the folder of CIFAR-10's binary or Python version (scripts/download-cifar10 fetches the first)")
    }

    /// `data_batch_N` or `test_batch`, with `.bin` in the binary version.
    private static func isBatch(_ name: String) -> Bool { name.wholeMatch(of: /(data_batch_\d+|test_batch)(\.bin)?/) != nil }

    private static func append(file path: String, _ labels: inout [Int], _ pixels: inout [UInt8]) throws(DatasetError) {
        let isBinary = path.hasSuffix(".bin")
        var bytes = try FileSystem.contents(of: path, limit: isBinary ? .max : CIFAR10PythonBatch.fileLimit)
        if !isBinary { bytes = try CIFAR10PythonBatch.records(bytes, imageBytes: recordBytes - 1, path: path) }
        guard !bytes.isEmpty, bytes.count % recordBytes == 0 else {
            throw DatasetError(
                source: path, problem: "\(bytes.count) bytes is not a whole number of \(recordBytes)-byte records",
                remedy: "the file is truncated or not of the binary version: download it again")
        }
        let plane = side * side
        OutOfMemory.require(bytes: pixels.count + bytes.count, wayOut: "use fewer batches")
        pixels.reserveCapacity(pixels.count + bytes.count)
        for start in stride(from: 0, to: bytes.count, by: recordBytes) {
            guard classNames.indices.contains(Int(bytes[start])) else {
                throw DatasetError(
                    source: path, problem: "record \(start / recordBytes) has label \(bytes[start]), outside 0...9",
                    remedy: "the file is damaged or of CIFAR-100: download CIFAR-10")
            }
            labels.append(Int(bytes[start]))
            for offset in start + 1..<start + 1 + plane {
                pixels.append(bytes[offset])
                pixels.append(bytes[offset + plane])
                pixels.append(bytes[offset + 2 * plane])
            }
        }
    }
}
