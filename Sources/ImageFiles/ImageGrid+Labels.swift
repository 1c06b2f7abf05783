extension ImageGrid {
    /// Images that belong together, and what they are called.
    package struct Group {
        package let label: String
        package var images: [RGBImage]

        package init(label: String, images: [RGBImage] = []) { (self.label, self.images) = (label, images) }
    }

    /// Pixels a side of each of the font's pixels.
    private static let textScale = 2
    /// Characters of a label's line; longer labels are broken between words.
    private static let lineLength = 12

    /// The groups one below the other, each in rows of its own with its label to the left.
    ///
    /// All images must have one size and there must be at least one in each group (precondition).
    /// - Parameters:
    ///   - columns: images beside each other, at most.
    ///   - scale: each pixel of an image becomes a `scale` x `scale` block.
    package static func compose(_ groups: [Group], columns: Int, scale: Int) -> RGBImage {
        precondition(!groups.isEmpty, "a grid of no groups")
        let blocks = groups.map { compose($0.images, columns: columns, scale: scale) }
        let labels = groups.map { lines(of: $0.label) }
        let (advance, margin) = ((BitmapFont.width + 1) * textScale, 4 * textScale)
        let textWidth = (labels.joined().map(\.count).max() ?? 0) * advance + margin
        var canvas = RGBImage(
            width: textWidth + (blocks.map(\.width).max() ?? 0), height: blocks.reduce(0) { $0 + $1.height },
            fill: (255, 255, 255))
        var top = 0
        for (block, label) in zip(blocks, labels) {
            let lineHeight = (BitmapFont.height + 2) * textScale
            for (number, line) in label.prefix(max(1, (block.height - margin) / lineHeight)).enumerated() {
                canvas.write(line, x: margin, y: top + margin + number * lineHeight, scale: textScale)
            }
            canvas.paste(block, x: textWidth, y: top)
            top += block.height
        }
        return canvas
    }

    /// A text in lines of at most `lineLength` characters; a longer word is cut.
    static func lines(of text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ").map({ String($0.prefix(lineLength)) }) {
            if let last = lines.last, last.count + 1 + word.count <= lineLength {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(word)
            }
        }
        return lines
    }
}
