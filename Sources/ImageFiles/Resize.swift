/// A rectangle of pixels: columns `x..<x + width`, rows `y..<y + height`.
package struct PixelRectangle: Equatable, Sendable {
    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }
}

extension RGBImage {
    /// The part of the image in `rectangle`, which must lie inside and not be empty (precondition).
    package func cropped(to rectangle: PixelRectangle) -> RGBImage {
        let (x, y) = (rectangle.x, rectangle.y)
        precondition(x >= 0 && y >= 0 && x + rectangle.width <= width && y + rectangle.height <= height, "crop outside the image")
        var result = [UInt8]()
        result.reserveCapacity(rectangle.width * rectangle.height * 3)
        for row in y..<y + rectangle.height {
            result.append(contentsOf: pixels[(row * width + x) * 3..<(row * width + x + rectangle.width) * 3])
        }
        return RGBImage(width: rectangle.width, height: rectangle.height, pixels: result)
    }

    /// The image at another size by a triangle filter, widened where it shrinks so that nothing aliases (Pillow's
    /// `BILINEAR`), horizontally then vertically, in float.
    package func resized(width newWidth: Int, height newHeight: Int) -> RGBImage {
        if newWidth == width && newHeight == height { return self }
        let columns = FilterTap.triangle(from: width, to: newWidth)
        let rows = FilterTap.triangle(from: height, to: newHeight)
        var narrow = [Float](repeating: 0, count: height * newWidth * 3)
        for y in 0..<height {
            for (x, tap) in columns.enumerated() {
                for channel in 0..<3 {
                    var sum: Float = 0
                    for (offset, weight) in tap.weights.enumerated() {
                        sum += weight * Float(pixels[(y * width + tap.first + offset) * 3 + channel])
                    }
                    narrow[(y * newWidth + x) * 3 + channel] = sum
                }
            }
        }
        var result = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
        for (y, tap) in rows.enumerated() {
            for column in 0..<newWidth * 3 {
                var sum: Float = 0
                for (offset, weight) in tap.weights.enumerated() {
                    sum += weight * narrow[(tap.first + offset) * newWidth * 3 + column]
                }
                result[y * newWidth * 3 + column] = UInt8(max(0, min(255, sum.rounded())))
            }
        }
        return RGBImage(width: newWidth, height: newHeight, pixels: result)
    }
}

/// The source pixels of one target pixel: weights (summing to 1) from index `first` on.
private struct FilterTap {
    let first: Int
    let weights: [Float]

    static func triangle(from source: Int, to target: Int) -> [FilterTap] {
        let ratio = Float(source) / Float(target)
        let support = max(ratio, 1)
        return (0..<target).map { index in
            let center = (Float(index) + 0.5) * ratio
            let first = max(0, Int((center - support).rounded()))
            let end = min(source, max(first + 1, Int((center + support).rounded())))
            let raw = (first..<end).map { max(0, 1 - abs((Float($0) + 0.5 - center) / support)) }
            let total = raw.reduce(0, +)
            return FilterTap(first: first, weights: raw.map { $0 / total })
        }
    }
}
