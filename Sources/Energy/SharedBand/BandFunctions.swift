/// `h(x) = (e^x - 1)/x`, x > 0: what sending at x nats per symbol costs, over what it would cost with unlimited bandwidth.
@inline(__always)
func energyShape(_ x: Lanes) -> Lanes { exponentialMinusOne(x) / x }

/// The x > 0 with `h(x) = ratio`; the smallest positive one that matters where `ratio <= 1` has none.
///
/// `ln h` is convex and at least x/2, so that Newton's method from `2*ln(ratio)` comes down to the root without overshooting.
func inverseEnergyShape(_ ratio: Lanes) -> Lanes {
    let logarithm = naturalLogarithm(larger(ratio, Lanes(repeating: 1)))
    let least = Lanes(repeating: BandLanes.leastNats)
    var x = larger(smaller(2 * logarithm, Lanes(repeating: 2 * BandLanes.mostNats)), least)
    for _ in 0..<60 {
        let minusOne = exponentialMinusOne(x)
        let excess = naturalLogarithm(minusOne / x) - logarithm
        let next = larger(x - excess * x * minusOne / marginalShape(x, exponentialMinusOne: minusOne), least)
        let moves = abs(next - x) .> 1e-15 * x
        x.replace(with: next, where: moves)
        if !any(moves) { break }
    }
    return x
}

@inline(__always)
private func abs(_ a: Lanes) -> Lanes { larger(a, 0 - a) }

/// Where `value(x) = 1` in the lanes of `mask`, by Newton's method on `ln value`, safeguarded by bisection.
///
/// - Parameter evaluate: a positive function that rises with x > 0, and the slope of its logarithm in `ln x`.
@inline(__always)
func increasingRoot(
    from start: Lanes, where mask: SIMDMask<SIMD8<Int64>>, evaluate: (Lanes) -> (value: Lanes, slope: Lanes)
) -> Lanes {
    var x = start
    var bracketLow = Lanes(repeating: BandLanes.leastNats)
    var bracketHigh = Lanes(repeating: BandLanes.mostNats)
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
        let small = (step * step) .< bandSquaredTolerance
        let outside = .!((next .> bracketLow) .& (next .< bracketHigh)) .& .!small
        if any(outside) { next.replace(with: (bracketLow * bracketHigh).squareRoot(), where: outside) }
        next = smaller(larger(next, Lanes(repeating: BandLanes.leastNats)), Lanes(repeating: BandLanes.mostNats))
        let stuck = next .== x
        x.replace(with: next, where: .!done)
        done = done .| stuck .| small
    }
    return x
}

/// A Newton step of 1e-9: its square would be far below rounding, were the functions not so bent where training takes next to no time.
private let bandSquaredTolerance = 1e-18
