// The C library's elementary functions, without Foundation.
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// ln x.
@inline(__always) package func naturalLogarithm(_ x: Double) -> Double { log(x) }
/// ln(1 + x), accurate for small x.
@inline(__always) func logarithmOfOnePlus(_ x: Double) -> Double { log1p(x) }
@inline(__always) func exponential(_ x: Double) -> Double { exp(x) }
/// e^x - 1, accurate for small x.
@inline(__always) func exponentialMinusOne(_ x: Double) -> Double { expm1(x) }
/// `base` to the power of `exponent`.
@inline(__always) package func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
@inline(__always) func cubeRoot(_ x: Double) -> Double { cbrt(x) }

let naturalLogarithmOfTwo = 0.693_147_180_559_945_3

/// `phi(x) = 1 + (x - 1)*e^x`, from its series where the terms would cancel: the radio's marginal energy in units of its scale.
func marginalShape(_ x: Double) -> Double {
    guard x < 0.125 else { return x + (x - 1) * exponentialMinusOne(x) }
    // Terms x^k/(k!*(k + 2)).
    let series = 1 / 2 + x * (1 / 3 + x * (1 / 8 + x * (1 / 30 + x * (1 / 144 + x * (1 / 840 + x / 5_760)))))
    return x * x * series
}

/// The x > 0 with `phi(x) = value`, to rounding; `value` positive.
///
/// `ln phi` is convex in `ln x` with a slope of 2 or more, so that Newton's method is above the root after one step and then comes down.
func inverseMarginalShape(_ value: Double) -> Double {
    // phi is x^2/2 + x^3/3 + x^4/8 for small x, and (x - 1)*e^x for large.
    let root = (2 * value).squareRoot()
    var x =
        value < 1
        ? root * (1 - root * (1 / 3 - root * 11 / 72))
        : max(1, naturalLogarithm(value) + 1 - naturalLogarithm(1 + naturalLogarithm(value)))
    for _ in 0..<60 {
        let shape = marginalShape(x)
        let step = naturalLogarithm(shape / value) * shape / (x * x * exponential(x))
        let next = x * exponential(-step)
        guard next.isFinite, next != x else { break }
        x = next
        // What is left is the square of the step.
        if abs(step) < 1e-9 { break }
    }
    return x
}
