/// Signed distances to a shape's edge, sampled once on a square grid and read between the samples by bilinear interpolation.
struct DistanceField {
    /// Half the side of the square that the grid covers.
    static let extent: Float = 1.25
    private static let side = 96
    private static let pitch = 2 * extent / Float(side - 1)

    /// `(side, side)`, row-major.
    private let samples: [Float]

    /// The field of `shape` after its corners were rounded to `rounding` by growing it (negative values never occur).
    init(_ shape: Shape, rounding: Float = 0) {
        let side = Self.side
        samples = (0..<side * side).map { index in
            let p = Point(Float(index % side), Float(index / side)) * Self.pitch - Point(repeating: Self.extent)
            return shape.distance(to: p) - rounding
        }
    }

    /// The distance at `p`; outside the grid the nearest edge sample.
    func distance(at p: Point) -> Float {
        let side = Self.side
        let grid = (p + Point(repeating: Self.extent)) / Self.pitch
        let x = max(0, min(Float(side) - 1.001, grid.x))
        let y = max(0, min(Float(side) - 1.001, grid.y))
        let (column, row) = (Int(x), Int(y))
        let (u, v) = (x - Float(column), y - Float(row))
        let start = row * side + column
        let top = samples[start] + (samples[start + 1] - samples[start]) * u
        let bottom = samples[start + side] + (samples[start + side + 1] - samples[start + side]) * u
        return top + (bottom - top) * v
    }
}
