/// Width and height of an image in pixels.
package struct ImageSize: Equatable, Sendable, CustomStringConvertible {
    package let width: Int
    package let height: Int

    package init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

    /// As wide as high.
    package static func square(_ side: Int) -> ImageSize { ImageSize(width: side, height: side) }

    package var isSquare: Bool { width == height }
    package var pixels: Int { width * height }

    /// `3:2` of 24x16.
    package var proportions: String {
        var (divisor, rest) = (width, height)
        while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
        return "\(width / max(divisor, 1)):\(height / max(divisor, 1))"
    }

    /// `32x32`, `24x16 (width x height)`.
    package var description: String { "\(width)x\(height)" + (isSquare ? "" : " (width x height)") }
}

extension RGBImage {
    package var size: ImageSize { ImageSize(width: width, height: height) }

    /// The whole image as a rectangle.
    package var bounds: PixelRectangle { PixelRectangle(x: 0, y: 0, width: width, height: height) }

    /// The image at another size: its largest central part of that shape, resized.
    package func fitted(to size: ImageSize) -> RGBImage { cropped(to: bounds.center(shapedAs: size)).resized(to: size) }
}

extension PixelRectangle {
    /// The largest central part whose width is to its height as those of `size`, to whole pixels.
    package func center(shapedAs size: ImageSize) -> PixelRectangle {
        center(width: Self.scaled(height, by: size.width, size.height), height: Self.scaled(width, by: size.height, size.width))
    }

    /// The same for a rectangle whose content is to fill a square, stretched: all of it for a square `size`.
    package func centerOfSquare(shapedAs size: ImageSize) -> PixelRectangle {
        center(width: Self.scaled(width, by: size.width, size.height), height: Self.scaled(height, by: size.height, size.width))
    }

    /// The central part of at most `width` x `height` pixels.
    private func center(width wanted: Int, height wantedHeight: Int) -> PixelRectangle {
        let (width, height) = (min(width, wanted), min(height, wantedHeight))
        return PixelRectangle(
            x: x + (self.width - width) / 2, y: y + (self.height - height) / 2, width: width, height: height)
    }

    /// `extent * numerator / denominator`, rounded, at least 1.
    private static func scaled(_ extent: Int, by numerator: Int, _ denominator: Int) -> Int {
        max(1, (2 * extent * numerator + denominator) / (2 * denominator))
    }
}
