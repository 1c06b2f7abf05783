import Datasets
import ImageFiles

/// Images that devices on other machines keep: known by their number, gray to whom looks at them here.
struct ImagesElsewhere: ImageDataset {
    let count: Int
    let size: ImageSize

    var name: String { "the devices' own images" }
    var classNames: [String] { ["image"] }
    var allowsHorizontalFlip: Bool { false }

    func label(at index: Int) -> Int { 0 }

    func image(at index: Int) -> RGBImage {
        RGBImage(width: size.width, height: size.height, pixels: Array(repeating: 128, count: size.pixels * 3))
    }
}
