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
    package func resized(to size: ImageSize) -> RGBImage {
        let (newWidth, newHeight) = (size.width, size.height)
        if size == self.size { return self }
        let columns = TriangleFilter(from: width, to: newWidth)
        let rows = TriangleFilter(from: height, to: newHeight)
        let source = pixels.span
        var narrow = [Float](repeating: 0, count: height * newWidth * 3)
        var target = narrow.mutableSpan
        for y in 0..<height {
            for x in 0..<newWidth {
                var (red, green, blue) = (Float(0), Float(0), Float(0))
                var index = (y * width + columns.first[x]) * 3
                for weight in columns.starts[x]..<columns.starts[x + 1] {
                    red += columns.weights[weight] * Float(source[index])
                    green += columns.weights[weight] * Float(source[index + 1])
                    blue += columns.weights[weight] * Float(source[index + 2])
                    index += 3
                }
                let output = (y * newWidth + x) * 3
                (target[output], target[output + 1], target[output + 2]) = (red, green, blue)
            }
        }
        return RGBImage(width: newWidth, height: newHeight, pixels: rows.shrinkRows(narrow.span, rowCount: newWidth * 3))
    }
}

/// For each target pixel the source pixels that make it up and their weights, which sum to 1.
private struct TriangleFilter {
    /// First source pixel of each target pixel.
    let first: [Int]
    /// Target pixel `i` has the weights `starts[i]..<starts[i + 1]`.
    let starts: [Int]
    let weights: [Float]

    init(from source: Int, to target: Int) {
        let ratio = Float(source) / Float(target)
        let support = max(ratio, 1)
        var (first, starts, weights) = ([Int](), [0], [Float]())
        for index in 0..<target {
            let center = (Float(index) + 0.5) * ratio
            let begin = min(source - 1, max(0, Int((center - support).rounded())))
            let end = min(source, max(begin + 1, Int((center + support).rounded())))
            let raw = (begin..<end).map { max(0, 1 - abs((Float($0) + 0.5 - center) / support)) }
            let total = raw.reduce(0, +)
            first.append(begin)
            weights += raw.map { $0 / total }
            starts.append(weights.count)
        }
        (self.first, self.starts, self.weights) = (first, starts, weights)
    }

    /// Filters down the columns of rows of `rowCount` values.
    func shrinkRows(_ rows: Span<Float>, rowCount: Int) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: first.count * rowCount)
        var sums = [Float](repeating: 0, count: rowCount)
        for y in first.indices {
            for column in 0..<rowCount { sums[column] = 0 }
            for weight in starts[y]..<starts[y + 1] {
                let row = (first[y] + weight - starts[y]) * rowCount
                for column in 0..<rowCount { sums[column] += weights[weight] * rows[row + column] }
            }
            for column in 0..<rowCount { result[y * rowCount + column] = UInt8(max(0, min(255, sums[column].rounded()))) }
        }
        return result
    }
}
