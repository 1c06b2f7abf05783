import Foundation
import Storage

/// CIFAR-10 "binary version" (Krizhevsky 2009): records of one label byte and 3 x 32 x 32 bytes, plane by plane.
package enum CIFAR10 {
    private static let side = 32
    private static let recordBytes = 1 + 3 * side * side
    private static let classNames = [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ]

    /// All `data_batch_*.bin` of `directory` in the order of their numbers, or `test_batch.bin`.
    package static func load(directory: String, subset: DatasetSubset = .train) throws(DatasetError) -> StoredImages {
        var labels: [Int] = []
        var pixels: [UInt8] = []
        for path in try batchPaths(in: directory, subset) {
            try append(file: path, &labels, &pixels)
        }
        return StoredImages(
            name: "CIFAR-10 (\(subset.rawValue))", width: side, height: side, classNames: classNames, allowsHorizontalFlip: true,
            labels: labels, groups: nil, pixels: pixels)
    }

    private static func batchPaths(in directory: String, _ subset: DatasetSubset) throws(DatasetError) -> [String] {
        let candidates = [directory, directory + "/cifar-10-batches-bin"]
        for folder in candidates {
            let files = try folder == directory || Folder.exists(folder) ? FileSystem.entries(of: folder) : []
            let names = files.filter {
                subset == .test ? $0 == "test_batch.bin" : $0.hasPrefix("data_batch_") && $0.hasSuffix(".bin")
            }
            if !names.isEmpty { return names.map { folder + "/" + $0 } }
        }
        throw DatasetError(
            source: directory, problem: "no \(subset == .test ? "test_batch.bin" : "data_batch_*.bin") here",
            remedy: "name the folder of CIFAR-10's binary version (scripts/download-cifar10 fetches it)")
    }

    private static func append(file path: String, _ labels: inout [Int], _ pixels: inout [UInt8]) throws(DatasetError) {
        let bytes = try FileSystem.contents(of: path)
        guard !bytes.isEmpty, bytes.count % recordBytes == 0 else {
            throw DatasetError(
                source: path, problem: "\(bytes.count) bytes is not a whole number of \(recordBytes)-byte records",
                remedy: "the file is truncated or not of the binary version: download it again")
        }
        let plane = side * side
        pixels.reserveCapacity(pixels.count + bytes.count)
        for start in stride(from: 0, to: bytes.count, by: recordBytes) {
            guard classNames.indices.contains(Int(bytes[start])) else {
                throw DatasetError(
                    source: path, problem: "record \(start / recordBytes) has label \(bytes[start]), outside 0...9",
                    remedy: "the file is damaged or of CIFAR-100: download CIFAR-10's binary version")
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
