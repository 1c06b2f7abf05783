/// Eight devices at once.
typealias Lanes = SIMD8<Double>

/// e^x - 1 to a few units in the last place, for |x| <= 700.
///
/// `x = n*ln2 + r`, |r| <= ln2/2; e^r - 1 from its series to r^14 (remainder below 1e-18).
@inline(__always)
func exponentialMinusOne(_ x: Lanes) -> Lanes {
    // Adding 1.5*2^52 rounds to an integer, which then stands in the low bits.
    let shifted = Lanes(repeating: 6_755_399_441_055_744).addingProduct(x, Lanes(repeating: 1.442_695_040_888_963_4))
    let n = shifted - 6_755_399_441_055_744
    let r = x.addingProduct(n, Lanes(repeating: -0.693_147_180_369_123_8)).addingProduct(
        n, Lanes(repeating: -1.908_214_929_270_587_7e-10))
    let square = r * r
    let even = polynomial(square, (1 / 2, 1 / 24, 1 / 720, 1 / 40_320, 1 / 3_628_800, 1 / 479_001_600, 1 / 87_178_291_200))
    let odd = polynomial(square, (1 / 6, 1 / 120, 1 / 5_040, 1 / 362_880, 1 / 39_916_800, 1 / 6_227_020_800, 0))
    let series = r.addingProduct(square, even.addingProduct(r, odd))
    // SAFETY: both types are eight lanes of 64 bits, and every pattern of bits is a value.
    let scale = unsafeBitCast(
        (unsafeBitCast(shifted, to: SIMD8<UInt64>.self) &<< 52) &+ 0x3FF0_0000_0000_0000, to: Lanes.self)
    return (scale - 1).addingProduct(scale, series)
}

/// ln x to a few units in the last place, for normal positive x.
///
/// `x = 2^n*m`, `sqrt(1/2) <= m < sqrt(2)`; `ln m = 2*artanh(s)`, `s = (m - 1)/(m + 1)`, |s| < 0.1716, from its series to s^23.
@inline(__always)
func naturalLogarithm(_ x: Lanes) -> Lanes {
    // SAFETY: all three types are eight lanes of 64 bits, and every pattern of bits is a value.
    let bits = unsafeBitCast(x, to: SIMD8<UInt64>.self)
    // Counted from the bits of sqrt(1/2), the exponent steps where m leaves its interval.
    let exponent = unsafeBitCast(bits &- 0x3FE6_A09E_667F_3BCD, to: SIMD8<Int64>.self) &>> 52
    let m = unsafeBitCast(bits &- (unsafeBitCast(exponent, to: SIMD8<UInt64>.self) &<< 52), to: Lanes.self)
    // The bits of 1.5*2^52 plus an integer are that sum: a conversion that AVX2 has no instruction for.
    let n = unsafeBitCast(exponent &+ 0x4338_0000_0000_0000, to: Lanes.self) - 6_755_399_441_055_744
    let s = (m - 1) / (m + 1)
    let square = s * s
    let fourth = square * square
    let even = polynomial(fourth, (1 / 3, 1 / 7, 1 / 11, 1 / 15, 1 / 19, 1 / 23, 0))
    let odd = polynomial(fourth, (1 / 5, 1 / 9, 1 / 13, 1 / 17, 1 / 21, 0, 0))
    let series = square * even.addingProduct(square, odd)
    let twice = 2 * s
    return (n * naturalLogarithmOfTwo) + twice.addingProduct(twice, series)
}

/// ln(1 + x), accurate for small x >= 0: the rounding error of 1 + x is put back to first order.
@inline(__always)
func logarithmOfOnePlus(_ x: Lanes) -> Lanes {
    let sum = 1 + x
    return naturalLogarithm(sum) + (x - (sum - 1)) / sum
}

/// `phi(x) = 1 + (x - 1)*e^x`, from its series where the terms would cancel: the radio's marginal energy in units of its scale.
@inline(__always)
func marginalShape(_ x: Lanes, exponentialMinusOne minusOne: Lanes) -> Lanes {
    let direct = x.addingProduct(x - 1, minusOne)
    // Terms x^k/(k!*(k + 2)).
    let series = polynomial(x, (1 / 2, 1 / 3, 1 / 8, 1 / 30, 1 / 144, 1 / 840, 1 / 5_760))
    return direct.replacing(with: x * x * series, where: x .< 0.125)
}

/// `c0 + c1*x + ... + c6*x^6`.
@inline(__always)
func polynomial(_ x: Lanes, _ c: (Double, Double, Double, Double, Double, Double, Double)) -> Lanes {
    var sum = Lanes(repeating: c.6)
    sum = Lanes(repeating: c.5).addingProduct(sum, x)
    sum = Lanes(repeating: c.4).addingProduct(sum, x)
    sum = Lanes(repeating: c.3).addingProduct(sum, x)
    sum = Lanes(repeating: c.2).addingProduct(sum, x)
    sum = Lanes(repeating: c.1).addingProduct(sum, x)
    return Lanes(repeating: c.0).addingProduct(sum, x)
}

@inline(__always)
func smaller(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .< a) }

@inline(__always)
func larger(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .> a) }
