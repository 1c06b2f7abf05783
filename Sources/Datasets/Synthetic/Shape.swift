import Glibc

/// A drawing as a union of strokes and filled polygons in a box of about -1...1, `y` down.
struct Shape {
    enum Primitive {
        /// A polyline with round caps; `radius` is half its width.
        case stroke([Point], radius: Float)
        case polygon([Point])
    }

    var primitives: [Primitive]

    init(_ primitives: [Primitive]) { self.primitives = primitives }

    static func + (a: Shape, b: Shape) -> Shape { Shape(a.primitives + b.primitives) }

    static func line(_ points: (Float, Float)..., width: Float) -> Shape {
        Shape([.stroke(points.map { Point($0.0, $0.1) }, radius: width / 2)])
    }

    static func polygon(_ points: (Float, Float)...) -> Shape { Shape([.polygon(points.map { Point($0.0, $0.1) })]) }

    static func disc(_ x: Float, _ y: Float, radius: Float) -> Shape { Shape([.stroke([Point(x, y)], radius: radius)]) }

    /// Part of an ellipse; angles in degrees, 0 to the right, 90 down.
    static func arc(
        _ x: Float, _ y: Float, _ radiusX: Float, _ radiusY: Float, from start: Float, to end: Float, width: Float
    ) -> Shape {
        Shape([.stroke(arcPoints(Point(x, y), Point(radiusX, radiusY), from: start, to: end), radius: width / 2)])
    }

    static func arcPoints(_ center: Point, _ radii: Point, from start: Float, to end: Float) -> [Point] {
        let steps = max(2, Int(abs(end - start) / 12))
        return (0...steps).map { step in
            let angle = (start + (end - start) * Float(step) / Float(steps)) * .pi / 180
            return center + radii * Point(cosf(angle), sinf(angle))
        }
    }

    /// The polygon of `sides` corners on a circle of `radius`, the first at `start` degrees.
    static func regular(_ sides: Int, radius: Float, start: Float, center: Point = Point(0, 0)) -> Shape {
        Shape([
            .polygon(
                (0..<sides).map { corner in
                    let angle = (start + 360 * Float(corner) / Float(sides)) * .pi / 180
                    return center + radius * Point(cosf(angle), sinf(angle))
                })
        ])
    }

    /// Every point scaled, then moved; stroke widths scale with the smaller factor.
    func placed(at offset: Point = Point(0, 0), scale: Point = Point(1, 1)) -> Shape {
        let width = min(abs(scale.x), abs(scale.y))
        return Shape(
            primitives.map {
                switch $0 {
                case .stroke(let points, let radius): .stroke(points.map { $0 * scale + offset }, radius: radius * width)
                case .polygon(let points): .polygon(points.map { $0 * scale + offset })
                }
            })
    }

    var mirrored: Shape { placed(scale: Point(-1, 1)) }

    /// Every point turned about the origin, clockwise on the screen.
    func rotated(degrees: Float) -> Shape {
        let (cosine, sine) = (cosf(degrees * .pi / 180), sinf(degrees * .pi / 180))
        let turn = { (p: Point) in Point(p.x * cosine - p.y * sine, p.x * sine + p.y * cosine) }
        return Shape(
            primitives.map {
                switch $0 {
                case .stroke(let points, let radius): .stroke(points.map(turn), radius: radius)
                case .polygon(let points): .polygon(points.map(turn))
                }
            })
    }

    /// Signed distance from `p` to the drawing's edge, negative inside.
    func distance(to p: Point) -> Float {
        var nearest = Float.infinity
        for primitive in primitives {
            switch primitive {
            case .stroke(let points, let radius): nearest = min(nearest, Self.distance(from: p, toPolyline: points) - radius)
            case .polygon(let points): nearest = min(nearest, Self.signedDistance(from: p, toPolygon: points))
            }
        }
        return nearest
    }

    private static func distance(from p: Point, toPolyline points: [Point]) -> Float {
        guard points.count > 1 else { return length(p - points[0]) }
        var nearest = Float.infinity
        for index in 1..<points.count { nearest = min(nearest, distance(from: p, toSegment: points[index - 1], points[index])) }
        return nearest
    }

    private static func distance(from p: Point, toSegment a: Point, _ b: Point) -> Float {
        let (ap, ab) = (p - a, b - a)
        let lengthSquared = (ab * ab).sum()
        let along = lengthSquared > 0 ? clampUnit((ap * ab).sum() / lengthSquared) : 0
        return length(ap - ab * along)
    }

    private static func signedDistance(from p: Point, toPolygon points: [Point]) -> Float {
        var nearest = Float.infinity
        var inside = false
        for index in points.indices {
            let (a, b) = (points[index], points[(index + 1) % points.count])
            nearest = min(nearest, distance(from: p, toSegment: a, b))
            if (a.y > p.y) != (b.y > p.y), p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x { inside.toggle() }
        }
        return inside ? -nearest : nearest
    }
}
