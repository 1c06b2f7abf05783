/// The drawings on warning, mandatory and information signs, in a box of about -1...1, `y` down.
enum Pictograms {
    static let bar = Shape.polygon((-0.72, -0.2), (0.72, -0.2), (0.72, 0.2), (-0.72, 0.2))
    static let slash = Shape.line((-0.9, 0.9), (0.9, -0.9), width: 0.2)
    static let cross = slash + slash.mirrored
    static let endStripes = slash.placed(at: Point(-0.2, -0.2)) + slash + slash.placed(at: Point(0.2, 0.2))

    static let exclamation =
        Shape.polygon((-0.16, -0.85), (0.16, -0.85), (0.1, 0.35), (-0.1, 0.35)) + .disc(0, 0.7, radius: 0.17)

    static let arrowAhead = Shape.line((0, 0.9), (0, -0.3), width: 0.34) + .polygon((0, -1), (0.56, -0.22), (-0.56, -0.22))
    static let arrowRight = arrowAhead.rotated(degrees: 90)
    static let arrowTurnRight =
        Shape.line((-0.45, 0.9), (-0.45, 0.05), (-0.28, -0.25), (0.2, -0.25), width: 0.32)
        + .polygon((0.95, -0.25), (0.2, 0.3), (0.2, -0.8))
    static let arrowDiagonal = arrowAhead.rotated(degrees: 135)
    static let arrowAheadOrRight =
        Shape.line((-0.35, 0.9), (-0.35, -0.4), width: 0.28) + .polygon((-0.35, -1), (0.1, -0.35), (-0.8, -0.35))
        + .line((-0.35, 0.5), (-0.2, 0.15), (0.3, 0.15), width: 0.28) + .polygon((0.95, 0.15), (0.3, 0.6), (0.3, -0.3))

    /// Three arrows that chase one another.
    static let roundabout = [Float(0), 120, 240].reduce(Shape([])) { drawing, turn in
        drawing
            + (Shape.arc(0, 0, 0.66, 0.66, from: -150, to: -70, width: 0.26)
            + .polygon((0.12, -1.04), (0.62, -0.44), (-0.08, -0.28))).rotated(degrees: turn)
    }

    static let curveRight =
        Shape.line((-0.3, 0.95), (-0.3, 0.2), (0.02, -0.2), (0.2, -0.32), width: 0.3)
        + .polygon((0.28, -0.95), (0.7, -0.12), (-0.2, -0.28))
    static let doubleBend =
        Shape.line((0.25, 0.95), (0.25, 0.55), (-0.25, 0.2), (-0.25, -0.1), (0.1, -0.35), width: 0.28)
        + .polygon((0.1, -1), (0.6, -0.3), (-0.25, -0.4))
    static let junctionPriority =
        Shape.line((0, 0.95), (0, -0.3), width: 0.36) + .polygon((0, -0.95), (0.45, -0.2), (-0.45, -0.2))
        + .line((-0.65, 0.3), (0.65, 0.3), width: 0.18)
    static let narrowing =
        Shape.line((-0.5, 0.9), (-0.5, 0.4), (-0.18, 0), (-0.18, -0.9), width: 0.24)
        + .line((0.5, 0.9), (0.5, 0.4), (0.18, 0), (0.18, -0.9), width: 0.24)
    static let bumps =
        Shape([.polygon(Shape.arcPoints(Point(-0.42, 0.4), Point(0.44, 0.75), from: 180, to: 360))])
        + Shape([.polygon(Shape.arcPoints(Point(0.42, 0.4), Point(0.44, 0.75), from: 180, to: 360))])
        + .line((-0.95, 0.5), (0.95, 0.5), width: 0.22)
    static let snowflake = [Float(0), 60, 120, 180, 240, 300].reduce(Shape([])) { drawing, turn in
        drawing
            + (Shape.line((0, 0), (0, -0.9), width: 0.17)
            + .line((-0.26, -0.82), (0, -0.5), (0.26, -0.82), width: 0.13)).rotated(degrees: turn)
    }
    static let pedestrian =
        Shape.disc(0.02, -0.78, radius: 0.2) + .line((0, -0.42), (-0.04, 0.1), width: 0.36)
        + .line((-0.02, 0.1), (0.28, 0.48), (0.34, 0.92), width: 0.22)
        + .line((-0.06, 0.1), (-0.2, 0.5), (-0.48, 0.9), width: 0.22)
        + .line((0.04, -0.44), (0.38, -0.06), width: 0.16) + .line((-0.04, -0.44), (-0.4, -0.02), width: 0.16)
    static let bicycle =
        Shape.arc(-0.55, 0.35, 0.36, 0.36, from: 0, to: 360, width: 0.15)
        + .arc(0.55, 0.35, 0.36, 0.36, from: 0, to: 360, width: 0.15)
        + .line((-0.55, 0.35), (-0.22, -0.3), (0.38, -0.3), (0, 0.35), (-0.22, -0.3), width: 0.14)
        + .line((0.55, 0.35), (0.3, -0.6), (0.1, -0.64), width: 0.14) + .line((-0.4, -0.44), (-0.08, -0.44), width: 0.16)

    static let car =
        Shape.polygon((-0.9, 0.1), (-0.6, 0), (-0.38, -0.5), (0.38, -0.5), (0.6, 0), (0.9, 0.1), (0.9, 0.5), (-0.9, 0.5))
        + .line((-0.62, 0.5), (-0.62, 0.66), width: 0.26) + .line((0.62, 0.5), (0.62, 0.66), width: 0.26)
    static let truck =
        Shape.polygon((-0.95, -0.55), (0.3, -0.55), (0.3, 0.35), (-0.95, 0.35))
        + .polygon((0.38, -0.28), (0.7, -0.28), (0.95, 0.02), (0.95, 0.35), (0.38, 0.35))
        + .disc(-0.55, 0.45, radius: 0.2) + .disc(0.6, 0.45, radius: 0.2)
    static let children =
        pedestrian.placed(at: Point(-0.45, 0.05), scale: Point(0.85, 0.9))
        + pedestrian.placed(at: Point(0.5, 0.25), scale: Point(0.7, 0.7))
    static let lamp = Shape.disc(0, 0, radius: 0.26)
    static let workman =
        Shape.disc(-0.2, -0.75, radius: 0.19) + .line((-0.15, -0.4), (-0.4, 0.1), width: 0.34)
        + .line((-0.4, 0.1), (-0.1, 0.45), (-0.2, 0.9), width: 0.2) + .line((-0.45, 0.1), (-0.7, 0.9), width: 0.2)
        + .line((-0.1, -0.35), (0.35, 0), (0.1, -0.1), width: 0.16) + .line((-0.25, -0.3), (0.6, 0.75), width: 0.1)
        + Shape([.polygon(Shape.arcPoints(Point(0.6, 0.92), Point(0.38, 0.42), from: 180, to: 360))])
    static let house = Shape.polygon(
        (-0.8, 0.05), (0, -0.75), (0.8, 0.05), (0.55, 0.05), (0.55, 0.75), (-0.55, 0.75), (-0.55, 0.05))
}
