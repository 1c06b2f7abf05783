import Datasets
import ImageFiles
import Records

/// Some images of a data set, in a given order.
struct ImageSubset: ImageDataset {
    private let base: any ImageDataset
    private let indices: [Int]

    /// - Parameter indices: images of `base`, each inside it (precondition).
    init(_ base: any ImageDataset, indices: [Int]) {
        precondition(indices.allSatisfy { $0 >= 0 && $0 < base.count }, "an image outside \(base.name)")
        (self.base, self.indices) = (base, indices)
    }

    var name: String { base.name }
    var count: Int { indices.count }
    var size: ImageSize { base.size }
    var classNames: [String] { base.classNames }
    var allowsHorizontalFlip: Bool { base.allowsHorizontalFlip }
    var files: ImageFileCounts? { base.files }

    func label(at index: Int) -> Int { base.label(at: indices[index]) }
    func group(at index: Int) -> Int { base.group(at: indices[index]) }
    func fileName(at index: Int) -> String? { base.fileName(at: indices[index]) }
    func image(at index: Int) -> RGBImage { base.image(at: indices[index]) }
}
