/// Where `value(x) = 1` in the lanes of `mask`, by Newton's method on `ln value`, safeguarded by bisection.
///
/// - Parameter evaluate: a positive function that rises with x > 0, and the slope of its logarithm in `ln x`.
@inline(__always)
func increasingRoot(
    from start: Lanes, where mask: SIMDMask<SIMD8<Int64>>, evaluate: (Lanes) -> (value: Lanes, slope: Lanes)
) -> Lanes {
    var x = start
    var bracketLow = Lanes(repeating: BandNats.least)
    var bracketHigh = Lanes(repeating: BandNats.most)
    var done = .!mask
    var iterations = 0
    while !all(done), iterations < 200 {
        iterations += 1
        let (value, slope) = evaluate(x)
        let step = 0 - naturalLogarithm(value) / slope
        let rises = step .> 0
        bracketLow.replace(with: x, where: rises .& .!done)
        bracketHigh.replace(with: x, where: .!rises .& .!done)
        // Upwards in x, where the functions are concave; downwards in ln x, which keeps x positive: (2 + s)/(2 - s) is e^s to third order.
        let down = larger(step, Lanes(repeating: -1.8))
        var next = x * ((2 + down) / (2 - down)).replacing(with: 1 + step, where: rises)
        let small = (step * step) .< squaredTolerance
        let outside = .!((next .> bracketLow) .& (next .< bracketHigh)) .& .!small
        if any(outside) { next.replace(with: (bracketLow * bracketHigh).squareRoot(), where: outside) }
        next = smaller(larger(next, Lanes(repeating: BandNats.least)), Lanes(repeating: BandNats.most))
        let stuck = next .== x
        x.replace(with: next, where: .!done)
        done = done .| stuck .| small
    }
    return x
}

/// A Newton step of 1e-9: its square would be far below rounding, were the functions not so bent where training takes next to no time.
private let squaredTolerance = 1e-18
