/// Several equally large images on one canvas, row by row.
package enum ImageGrid {
    /// A grid of `images`, as wide as high where `columns` is nil; unfilled cells keep the background.
    ///
    /// All images must have one size and there must be at least one (precondition).
    /// - Parameters:
    ///   - gutter: pixels between images and around them, before enlarging.
    ///   - scale: each pixel becomes a `scale` x `scale` block.
    package static func compose(
        _ images: [RGBImage], columns: Int? = nil, gutter: Int = 2, scale: Int = 1,
        background: (UInt8, UInt8, UInt8) = (255, 255, 255)
    ) -> RGBImage {
        guard let first = images.first else { preconditionFailure("a grid of no images") }
        precondition(images.allSatisfy { $0.width == first.width && $0.height == first.height }, "images of different sizes")
        let columns = min(columns ?? squareColumns(images.count), images.count)
        precondition(columns > 0 && gutter >= 0, "a grid needs a column and no negative gutter")
        let rows = (images.count + columns - 1) / columns
        let (cellWidth, cellHeight) = (first.width + gutter, first.height + gutter)
        var canvas = RGBImage(width: columns * cellWidth + gutter, height: rows * cellHeight + gutter, fill: background)
        for (index, image) in images.enumerated() {
            canvas.paste(image, x: gutter + index % columns * cellWidth, y: gutter + index / columns * cellHeight)
        }
        return canvas.enlarged(by: scale)
    }

    /// The smallest number of columns whose square holds `count`.
    private static func squareColumns(_ count: Int) -> Int {
        var columns = 1
        while columns * columns < count { columns += 1 }
        return columns
    }
}
