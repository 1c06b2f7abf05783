/// The digits and letters that signs carry: strokes in a box 1 wide (-0.5...0.5) and 2 high (-1...1).
enum Glyphs {
    private static let pen: Float = 0.34

    private static func arc(_ x: Float, _ y: Float, _ rx: Float, _ ry: Float, _ from: Float, _ to: Float) -> Shape {
        .arc(x, y, rx, ry, from: from, to: to, width: pen)
    }

    private static func line(_ points: (Float, Float)...) -> Shape {
        Shape([.stroke(points.map { Point($0.0, $0.1) }, radius: pen / 2)])
    }

    private static let shapes: [Character: Shape] = [
        "0": arc(0, 0, 0.42, 0.83, 0, 360),
        "1": line((-0.3, -0.48), (0.08, -0.83), (0.08, 0.83)),
        "2": arc(0, -0.42, 0.4, 0.41, 190, 380) + line((0.38, -0.28), (0.2, 0.14), (-0.42, 0.83), (0.42, 0.83)),
        "3": arc(-0.03, -0.43, 0.38, 0.4, 205, 450) + arc(-0.03, 0.42, 0.42, 0.42, -90, 155),
        "5": line((0.34, -0.83), (-0.32, -0.83), (-0.36, -0.1)) + arc(-0.02, 0.3, 0.42, 0.53, 220, 510),
        "6": arc(0, 0.35, 0.42, 0.48, 0, 360) + arc(0.3, 0.35, 0.72, 1.18, 185, 268),
        "7": line((-0.4, -0.83), (0.4, -0.83), (-0.1, 0.83)),
        "8": arc(0, -0.43, 0.36, 0.4, 0, 360) + arc(0, 0.41, 0.42, 0.42, 0, 360),
        "S": arc(0, -0.42, 0.38, 0.42, 330, 90) + arc(0, 0.42, 0.4, 0.42, -90, 150),
        "T": line((-0.42, -0.83), (0.42, -0.83)) + line((0, -0.83), (0, 0.83)),
        "O": arc(0, 0, 0.42, 0.83, 0, 360),
        "P": line((-0.36, 0.83), (-0.36, -0.83), (0, -0.83)) + arc(0, -0.38, 0.4, 0.45, -90, 90) + line((0, 0.07), (-0.36, 0.07)),
        "H": line((-0.4, -0.83), (-0.4, 0.83)) + line((0.4, -0.83), (0.4, 0.83)) + line((-0.4, 0), (0.4, 0)),
        "i": line((0, -0.1), (0, 0.83)) + .disc(0, -0.72, radius: 0.24),
    ]

    /// `text` centred on the origin, each character `height` high; characters without a shape are left out.
    static func text(_ text: String, height: Float, narrowing: Float = 1) -> Shape {
        let known = text.compactMap { shapes[$0] }
        let scale = height / 2
        let advance = 1.28 * scale * narrowing
        let start = -advance * Float(known.count - 1) / 2
        return known.enumerated().reduce(Shape([])) { line, glyph in
            line
                + glyph.element.placed(
                    at: Point(start + advance * Float(glyph.offset), 0), scale: Point(scale * narrowing, scale))
        }
    }
}
