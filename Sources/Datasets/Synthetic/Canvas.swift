import Glibc
import ImageFiles
import Kernels

/// A picture in float colours, row-major.
struct Canvas {
    let size: ImageSize
    var colors: [Color]

    init(_ size: ImageSize) {
        self.size = size
        colors = [Color](repeating: Color(), count: size.pixels)
    }

    var shortSide: Int { min(size.width, size.height) }

    /// Replaces every colour; `position` runs over pixel centres in 0...1 both ways, `y` down.
    mutating func transform(_ body: (_ position: Point, _ color: Color) -> Color) {
        let (columnPitch, rowPitch) = (1 / Float(size.width), 1 / Float(size.height))
        for row in 0..<size.height {
            let y = (Float(row) + 0.5) * rowPitch
            for column in 0..<size.width {
                let index = row * size.width + column
                colors[index] = body(Point((Float(column) + 0.5) * columnPitch, y), colors[index])
            }
        }
    }

    /// A Gaussian blur of standard deviation `sigma` pixels; edges repeat.
    mutating func blur(sigma: Float) {
        guard sigma > 0.05 else { return }
        let radius = max(1, Int((2.5 * sigma).rounded()))
        let raw = (-radius...radius).map { expf(-Float($0 * $0) / (2 * sigma * sigma)) }
        let total = raw.reduce(0, +)
        let weights = raw.map { $0 / total }
        for row in 0..<size.height { convolve(weights, from: row * size.width, step: 1, count: size.width) }
        for column in 0..<size.width { convolve(weights, from: column, step: size.width, count: size.height) }
    }

    /// Filters the row or column of `count` colours from `start` on.
    private mutating func convolve(_ weights: [Float], from start: Int, step: Int, count: Int) {
        let radius = weights.count / 2
        let line = (0..<count).map { colors[start + $0 * step] }
        for position in 0..<count {
            var sum = Color()
            for tap in 0..<weights.count {
                sum += line[max(0, min(count - 1, position + tap - radius))] * weights[tap]
            }
            colors[start + position * step] = sum
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
        var pixels = [UInt8](repeating: 0, count: size.pixels * 3)
        for (index, color) in colors.enumerated() {
            let scaled = (color * 255).rounded(.toNearestOrAwayFromZero).clamped(
                lowerBound: Color(), upperBound: Color(repeating: 255))
            for channel in 0..<3 { pixels[index * 3 + channel] = UInt8(scaled[channel]) }
        }
        return RGBImage(width: size.width, height: size.height, pixels: pixels)
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
