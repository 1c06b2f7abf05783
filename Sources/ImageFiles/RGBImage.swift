/// An 8-bit RGB picture: `pixels` is row-major `(height, width, 3)`.
package struct RGBImage: Equatable, Sendable {
    package let width: Int
    package let height: Int
    package var pixels: [UInt8]

    /// `pixels` must hold `height * width * 3` bytes and the extents be positive (precondition).
    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "an image of \(width)x\(height) pixels")
        precondition(pixels.count == width * height * 3, "\(pixels.count) bytes for \(width)x\(height) RGB pixels")
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }

    /// One colour everywhere.
    package init(width: Int, height: Int, fill: (UInt8, UInt8, UInt8)) {
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        for start in stride(from: 0, to: pixels.count, by: 3) {
            (pixels[start], pixels[start + 1], pixels[start + 2]) = fill
        }
        self.init(width: width, height: height, pixels: pixels)
    }

    /// Copies `image` to where its top left corner is at column `x`, row `y`; it must fit (precondition).
    package mutating func paste(_ image: RGBImage, x: Int, y: Int) {
        precondition(x >= 0 && y >= 0 && x + image.width <= width && y + image.height <= height, "image outside its canvas")
        for row in 0..<image.height {
            let source = row * image.width * 3
            let target = ((y + row) * width + x) * 3
            pixels.replaceSubrange(target..<target + image.width * 3, with: image.pixels[source..<source + image.width * 3])
        }
    }

    /// Each pixel repeated to a `factor` x `factor` block, so that small images stay crisp on a screen.
    package func enlarged(by factor: Int) -> RGBImage {
        precondition(factor > 0, "factor must be positive")
        if factor == 1 { return self }
        var result = [UInt8]()
        result.reserveCapacity(pixels.count * factor * factor)
        for row in 0..<height {
            var line = [UInt8]()
            line.reserveCapacity(width * 3 * factor)
            for start in stride(from: row * width * 3, to: (row + 1) * width * 3, by: 3) {
                for _ in 0..<factor { line.append(contentsOf: pixels[start..<start + 3]) }
            }
            for _ in 0..<factor { result.append(contentsOf: line) }
        }
        return RGBImage(width: width * factor, height: height * factor, pixels: result)
    }
}
