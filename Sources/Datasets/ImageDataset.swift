import ImageFiles
import Kernels
import Records

/// Labelled RGB images of one size, addressed by index.
///
/// Images with one `group` are nearly equal (frames of one track) and stay on one side of every split. Where a data set knows
/// no such relation, each image is its own group.
package protocol ImageDataset: Sendable {
    /// What a report calls the data.
    var name: String { get }
    var count: Int { get }
    /// Of every image.
    var size: ImageSize { get }
    /// One name a class; labels index it.
    var classNames: [String] { get }
    /// True where a mirrored image still shows what its label says.
    var allowsHorizontalFlip: Bool { get }
    /// What became of the files that the images come from; nil where there are none.
    var files: ImageFileCounts? { get }

    /// The class of image `index`, in `0..<classNames.count`.
    func label(at index: Int) -> Int
    /// The group of image `index`.
    func group(at index: Int) -> Int
    /// The file of image `index` below the data set's folder; nil where images have none of their own.
    func fileName(at index: Int) -> String?
    /// Image `index` as 8-bit pixels.
    func image(at index: Int) -> RGBImage
}

extension ImageDataset {
    package var files: ImageFileCounts? { nil }

    package func group(at index: Int) -> Int { index }
    package func fileName(at index: Int) -> String? { nil }

    /// Values in `[-1, 1]` for a batch: image `indices[n]` overwrites plane `n` of `output`, shape `(N, H, W, 3)`.
    ///
    /// - Parameter mirrored: which of them to flip left to right, or empty for none. Asking for a flip of data that do not
    ///   allow it, another shape, or an index outside `0..<count` is a programmer's mistake (precondition).
    package func load(_ indices: [Int], mirrored: [Bool] = [], into output: Tensor) {
        precondition(output.shape == [indices.count, size.height, size.width, 3], "batch of shape \(output.shape)")
        precondition(mirrored.isEmpty || mirrored.count == indices.count, "one flip flag an image")
        precondition(allowsHorizontalFlip || !mirrored.contains(true), "\(name) must not be mirrored")
        let (width, valuesPerImage) = (size.width, size.pixels * 3)
        output.withMutableSpan { values in
            for (position, index) in indices.enumerated() {
                let pixels = image(at: index).pixels
                let start = position * valuesPerImage
                if mirrored.isEmpty || !mirrored[position] {
                    for offset in 0..<valuesPerImage { values[start + offset] = normalizedPixel(pixels[offset]) }
                } else {
                    for offset in 0..<valuesPerImage {
                        let (row, column, channel) = (offset / (width * 3), offset / 3 % width, offset % 3)
                        values[start + offset] = normalizedPixel(pixels[(row * width + width - 1 - column) * 3 + channel])
                    }
                }
            }
        }
    }

    /// How many images each class has.
    package func classCounts() -> [Int] {
        var counts = [Int](repeating: 0, count: classNames.count)
        for index in 0..<count { counts[label(at: index)] += 1 }
        return counts
    }
}

/// 0...255 to `[-1, 1]`.
package func normalizedPixel(_ byte: UInt8) -> Float { Float(byte) / 127.5 - 1 }

/// `[-1, 1]` to 0...255, rounded to nearest; values outside are clamped and NaN becomes 0.
package func pixelByte(_ value: Float) -> UInt8 {
    let scaled = ((value + 1) * 127.5).rounded()
    return scaled >= 255 ? 255 : scaled > 0 ? UInt8(scaled) : 0
}
