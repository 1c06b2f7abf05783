/// A sign's plate: the outline and the colour layers on it, from the back to the front.
struct SignDesign {
    /// The colours a style may change.
    enum Paint: Int, CaseIterable { case white, black, red, blue, yellow, green, grey }

    struct Layer {
        enum Region {
            /// The plate less a margin of this width.
            case inset(Float)
            /// A drawing, already in its place; cut to the plate less `margin`.
            case drawing(DistanceField, margin: Float)
        }

        let region: Region
        let paint: Paint

        static func inset(_ margin: Float, _ paint: Paint) -> Layer { Layer(region: .inset(margin), paint: paint) }

        static func drawing(
            _ shape: Shape, _ paint: Paint, scale: Float, at offset: Point = Point(0, 0), margin: Float = 0.04
        ) -> Layer {
            let placed = shape.placed(at: offset, scale: Point(scale, scale))
            return Layer(region: .drawing(DistanceField(placed), margin: margin), paint: paint)
        }
    }

    let name: String
    let outline: DistanceField
    let layers: [Layer]
}

/// The outlines; all but the disc have corners rounded by the given radius.
enum Outlines {
    static let disc = DistanceField(.disc(0, 0, radius: 1))
    static let triangle = DistanceField(
        .polygon((0, -0.93), (0.99, 0.78), (-0.99, 0.78)), rounding: 0.1)
    static let yield = DistanceField(.polygon((0, 0.93), (-0.99, -0.78), (0.99, -0.78)), rounding: 0.1)
    static let octagon = DistanceField(.regular(8, radius: 1.02, start: 22.5), rounding: 0.03)
    static let diamond = DistanceField(.regular(4, radius: 1.02, start: 0), rounding: 0.1)
    static let square = DistanceField(.polygon((-0.82, -0.82), (0.82, -0.82), (0.82, 0.82), (-0.82, 0.82)), rounding: 0.1)
}
