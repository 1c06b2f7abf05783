import ImageFiles
import Kernels
import Model

/// What reading a set of images once says of it.
package struct ReadImages {
    /// XXH3-128 over sizes and pixels of all images in their order.
    package let fingerprint: String
    package let pixels: PixelStatistics
    /// `(n, d)`; nil where no network was given.
    package let features: Tensor?

    /// Images that are decoded together, images that are held at once, and pixels that a network sees at once, about.
    private static let (decodedTogether, chunk) = (8, 64)
    private static let batchPixels = 1 << 20

    /// Reads `indices` of `set`, each image at its own size.
    ///
    /// - Parameters:
    ///   - indices: at least two (precondition).
    ///   - progress: called with the images that are done.
    /// - Throws: what reading an image throws; `EvaluationError` for features that are not finite.
    package init(
        _ set: any ImageSet, _ indices: [Int], network: (any FeatureExtractor)?, threads: Int, progress: (Int) -> Void
    ) throws {
        precondition(indices.count >= 2, "a set of \(indices.count) images")
        let features = network.map { Tensor(shape: [indices.count, $0.featureCount]) }
        var sums: [PixelStatistics.Sums] = []
        var hashes: [UInt64] = []
        var next = 0
        while next < indices.count {
            var images: [RGBImage] = []
            let first = next
            repeat {
                let group = indices[next..<min(next + Self.decodedTogether, indices.count)]
                let decoded = parallelMap(blocks: group.count, threads: threads) { place in
                    Result { try Self.decoded(set.image(at: group[group.startIndex + place])) }
                }
                for result in decoded {
                    let (image, imageSums, hash) = try result.get()
                    images.append(image)
                    sums.append(imageSums)
                    hashes.append(hash)
                }
                next += group.count
            } while next < indices.count && images.count < Self.chunk
                && images.reduce(0, { $0 + $1.size.pixels }) < Self.batchPixels
            if let network, let features {
                try Self.extract(images, network, into: features, row: first) { progress(first + $0) }
            } else {
                progress(next)
            }
        }
        fingerprint = hexadecimal(hashes.withUnsafeBytes(hash128))
        pixels = PixelStatistics(sums)
        self.features = features
    }

    private static func decoded(_ image: RGBImage) -> (image: RGBImage, sums: PixelStatistics.Sums, hash: UInt64) {
        let extents = [image.width, image.height].flatMap { extent in
            (0..<4).map { UInt8(truncatingIfNeeded: extent >> (8 * $0)) }
        }
        return (image, PixelStatistics.Sums(image), (extents + image.pixels).withUnsafeBytes(hash64))
    }

    /// Features of `images` into the rows from `row` on; images that follow each other and have one size go through the network together.
    private static func extract(
        _ images: [RGBImage], _ network: any FeatureExtractor, into features: Tensor, row: Int, progress: (Int) -> Void
    ) throws(EvaluationError) {
        var start = 0
        while start < images.count {
            let size = images[start].size
            let most = min(images.count - start, max(1, batchPixels / size.pixels))
            let count = images[start..<start + most].prefix { $0.size == size }.count
            let found = network.features(of: values(images[start..<start + count]))
            precondition(found.count == count * network.featureCount, "features of shape \(found.shape)")
            let target = Tensor(
                viewOf: features, offset: (row + start) * network.featureCount, shape: [count, network.featureCount])
            target.copy(from: found)
            guard target.firstNonFinite == nil else {
                throw EvaluationError(
                    "features of \(network.name)", "are not finite for image \(row + start)",
                    wayOut: "check the network's weights")
            }
            start += count
            progress(start)
        }
    }

    /// `(N, H, W, 3)`, 0 to 1.
    private static func values(_ images: ArraySlice<RGBImage>) -> Tensor {
        guard let size = images.first?.size else { return Tensor(shape: [0, 0, 0, 3]) }
        let result = Tensor(shape: [images.count, size.height, size.width, 3])
        result.withMutableSpan { values in
            var place = 0
            for image in images {
                for byte in image.pixels {
                    values[place] = Float(byte) / 255
                    place += 1
                }
            }
        }
        return result
    }
}
