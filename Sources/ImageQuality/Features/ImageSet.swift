import Datasets
import ImageFiles

/// Images that are compared, addressed by index; each may have its own size.
package protocol ImageSet: Sendable {
    var count: Int { get }
    func image(at index: Int) throws -> RGBImage
}

/// The image files of a folder as they are, read when they are asked for.
package struct FolderImages: ImageSet {
    private let paths: [String]

    package init(_ folder: String) throws(DatasetError) { paths = try ImageFolder.paths(in: folder) }

    package var count: Int { paths.count }
    package func image(at index: Int) throws -> RGBImage { try ImageFile.read(paths[index]).image }
}

/// The images of a data set at one size.
package struct DatasetImages: ImageSet {
    private let dataset: any ImageDataset

    package init(_ dataset: any ImageDataset) { self.dataset = dataset }

    package var count: Int { dataset.count }
    package func image(at index: Int) -> RGBImage { dataset.image(at: index) }
}

/// Images in memory: those that a model drew.
package struct ImagesInMemory: ImageSet {
    private let images: [RGBImage]

    package init(_ images: [RGBImage]) { self.images = images }

    package var count: Int { images.count }
    package func image(at index: Int) -> RGBImage { images[index] }
}
