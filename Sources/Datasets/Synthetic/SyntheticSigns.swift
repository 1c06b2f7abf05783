import ImageFiles
import Kernels

/// Built-in traffic signs, drawn on demand: image `i` is a pure function of (seed, i, style, size), so nothing is stored and
/// any thread may ask for any image.
package struct SyntheticSigns: ImageDataset {
    package let style: SignStyle
    package let count: Int
    package let size: ImageSize
    private let seed: UInt64
    private let firstIndex: Int

    package var name: String { "synthetic signs (\(style.rawValue))" }
    package let classNames = SignCatalogue.designs.map(\.name)
    /// Mirrored digits and arrows mean something else or nothing.
    package let allowsHorizontalFlip = false

    /// - Parameters:
    ///   - count: images in the set, up to 2^31.
    ///   - firstIndex: index of the first one in the endless sequence of `seed`: sets that do not overlap share no image.
    ///   - size: width and height are 8...1024; a sign is as large as the shorter of them has room for.
    package init(
        count: Int, seed: UInt64, style: SignStyle = .day, size: ImageSize = .square(32), firstIndex: Int = 0
    ) throws(DatasetError) {
        guard (1...1 << 31).contains(count), (0...1 << 31 - 1).contains(firstIndex) else {
            throw DatasetError(
                source: "synthetic", problem: "\(count) images from index \(firstIndex)", remedy: "use 1...2147483648 images")
        }
        guard (8...1024).contains(size.width), (8...1024).contains(size.height) else {
            throw DatasetError(source: "synthetic", problem: "images of \(size) pixels", remedy: "use 8...1024 a side")
        }
        (self.count, self.seed, self.style, self.size, self.firstIndex) = (count, seed, style, size, firstIndex)
    }

    package func label(at index: Int) -> Int {
        var random = generator(at: index)
        return random.nextIndex(below: classNames.count)
    }

    package func image(at index: Int) -> RGBImage {
        var random = generator(at: index)
        let design = SignCatalogue.designs[random.nextIndex(below: classNames.count)]
        return SignRenderer.render(design, style: style, size: size, &random)
    }

    private func generator(at index: Int) -> CounterGenerator {
        precondition(index >= 0 && index < count, "image \(index) of \(count)")
        return CounterRandom(seed: seed, stream: .syntheticImage, item: UInt32(firstIndex + index)).generator()
    }
}
