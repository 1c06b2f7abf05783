import ImageFiles
import Records

/// A data set held in memory as 8-bit pixels.
package struct StoredImages: ImageDataset {
    package let name: String
    package let size: ImageSize
    package let classNames: [String]
    package let allowsHorizontalFlip: Bool
    package let files: ImageFileCounts?
    private let labels: [Int]
    private let groups: [Int]?
    private let fileNames: [String]?
    /// `(count, size.height, size.width, 3)`.
    private let pixels: [UInt8]

    /// - Parameters:
    ///   - labels: one class index an image.
    ///   - groups: one group an image, or nil where each image stands alone.
    ///   - fileNames: one an image, or nil where images have no files of their own.
    ///   - files: what became of the files that the images come from.
    ///   - pixels: `(labels.count, size.height, size.width, 3)`; another count is a programmer's mistake (precondition).
    package init(
        name: String, size: ImageSize, classNames: [String], allowsHorizontalFlip: Bool, labels: [Int], groups: [Int]?,
        fileNames: [String]? = nil, files: ImageFileCounts? = nil, pixels: [UInt8]
    ) {
        precondition(pixels.count == labels.count * size.pixels * 3, "\(pixels.count) bytes for \(labels.count) images")
        precondition(groups == nil || groups?.count == labels.count, "one group an image")
        precondition(fileNames == nil || fileNames?.count == labels.count, "one file name an image")
        precondition(labels.allSatisfy(classNames.indices.contains), "a label outside the classes")
        (self.name, self.size) = (name, size)
        (self.classNames, self.allowsHorizontalFlip) = (classNames, allowsHorizontalFlip)
        (self.labels, self.groups, self.fileNames, self.pixels) = (labels, groups, fileNames, pixels)
        self.files = files
    }

    package var count: Int { labels.count }

    package func label(at index: Int) -> Int { labels[index] }

    package func group(at index: Int) -> Int { groups?[index] ?? index }

    package func fileName(at index: Int) -> String? { fileNames?[index] }

    package func image(at index: Int) -> RGBImage {
        let bytes = size.pixels * 3
        return RGBImage(width: size.width, height: size.height, pixels: Array(pixels[index * bytes..<(index + 1) * bytes]))
    }
}
