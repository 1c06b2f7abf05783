import Glibc
import ImageFiles
import Kernels

/// A square picture in float colours, row-major.
struct Canvas {
    let side: Int
    var colors: [Color]

    init(side: Int) {
        self.side = side
        colors = [Color](repeating: Color(), count: side * side)
    }

    /// Replaces every colour; `position` runs over pixel centres in 0...1, `y` down.
    mutating func transform(_ body: (_ position: Point, _ color: Color) -> Color) {
        let pitch = 1 / Float(side)
        for row in 0..<side {
            let y = (Float(row) + 0.5) * pitch
            for column in 0..<side {
                let index = row * side + column
                colors[index] = body(Point((Float(column) + 0.5) * pitch, y), colors[index])
            }
        }
    }

    /// A Gaussian blur of standard deviation `sigma` pixels; edges repeat.
    mutating func blur(sigma: Float) {
        guard sigma > 0.05 else { return }
        let radius = max(1, Int((2.5 * sigma).rounded()))
        let raw = (-radius...radius).map { expf(-Float($0 * $0) / (2 * sigma * sigma)) }
        let total = raw.reduce(0, +)
        convolve(raw.map { $0 / total }, step: 1, lineStep: side)
        convolve(raw.map { $0 / total }, step: side, lineStep: 1)
    }

    private mutating func convolve(_ weights: [Float], step: Int, lineStep: Int) {
        let radius = weights.count / 2
        var line = [Color](repeating: Color(), count: side)
        for start in stride(from: 0, to: side * lineStep, by: lineStep) {
            for position in 0..<side { line[position] = colors[start + position * step] }
            for position in 0..<side {
                var sum = Color()
                for tap in 0..<weights.count {
                    sum += line[max(0, min(side - 1, position + tap - radius))] * weights[tap]
                }
                colors[start + position * step] = sum
            }
        }
    }

    /// Adds sensor noise: uniform, of standard deviation `sigma` a channel.
    mutating func addNoise(sigma: Float, _ random: inout CounterGenerator) {
        let scale = sigma * Float(12).squareRoot() / 1023
        for index in colors.indices {
            let word = random.nextWord()
            let channels = SIMD3<UInt32>(word & 1023, word >> 10 & 1023, word >> 20 & 1023)
            colors[index] += (Color(channels) - 511.5) * scale
        }
    }

    func image() -> RGBImage {
        var pixels = [UInt8](repeating: 0, count: side * side * 3)
        for (index, color) in colors.enumerated() {
            let scaled = (color * 255).rounded(.toNearestOrAwayFromZero).clamped(
                lowerBound: Color(), upperBound: Color(repeating: 255))
            for channel in 0..<3 { pixels[index * 3 + channel] = UInt8(scaled[channel]) }
        }
        return RGBImage(width: side, height: side, pixels: pixels)
    }
}

/// Smooth random values in 0...1 on the unit square, interpolated from a small random lattice.
struct ValueNoise {
    private let cells: Int
    private let lattice: [Float]

    init(cells: Int, _ random: inout CounterGenerator) {
        self.cells = cells
        lattice = (0..<(cells + 1) * (cells + 1)).map { _ in Float(random.nextWord() >> 8) * 0x1p-24 }
    }

    subscript(p: Point) -> Float {
        let x = clampUnit(p.x) * Float(cells) * 0.9999
        let y = clampUnit(p.y) * Float(cells) * 0.9999
        let (column, row) = (Int(x), Int(y))
        let u = smoothStep(0, 1, x - Float(column))
        let v = smoothStep(0, 1, y - Float(row))
        let start = row * (cells + 1) + column
        let top = lattice[start] + (lattice[start + 1] - lattice[start]) * u
        let below = start + cells + 1
        let bottom = lattice[below] + (lattice[below + 1] - lattice[below]) * u
        return top + (bottom - top) * v
    }
}
