import Kernels

/// A point or a vector; `y` grows downwards, as in images.
typealias Point = SIMD2<Float>

/// Red, green, blue in 0...1 (the fourth lane of the register is unused).
typealias Color = SIMD3<Float>

func color(_ hex: UInt32) -> Color {
    Color(Float(hex >> 16 & 255), Float(hex >> 8 & 255), Float(hex & 255)) / 255
}

func mix<Value: SIMD>(_ a: Value, _ b: Value, _ share: Float) -> Value where Value.Scalar == Float { a + (b - a) * share }

func clampUnit(_ x: Float) -> Float { max(0, min(1, x)) }

/// 0 below `low`, 1 above `high`, a cubic between.
func smoothStep(_ low: Float, _ high: Float, _ x: Float) -> Float {
    let t = clampUnit((x - low) / (high - low))
    return t * t * (3 - 2 * t)
}

func length(_ v: Point) -> Float { (v.x * v.x + v.y * v.y).squareRoot() }

extension CounterGenerator {
    mutating func float(_ range: ClosedRange<Float>) -> Float {
        range.lowerBound + (range.upperBound - range.lowerBound) * Float(nextUniform())
    }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[nextIndex(below: choices.count)] }

    mutating func chance(_ probability: Double) -> Bool { nextUniform() < probability }

    mutating func tint(_ base: Color, by spread: Float) -> Color {
        base + Color(float(-spread...spread), float(-spread...spread), float(-spread...spread))
    }
}
