/// Nats per symbol. Beyond these no device of the accepted ranges sends: it would break its highest power, or need more than 1e15 Hz.
enum BandNats {
    static let least = 1e-30
    static let most = 250.0
}

/// `h(x) = (e^x - 1)/x`, x > 0: what sending at x nats per symbol costs, over what it would cost with unlimited bandwidth.
@inline(__always)
func energyShape(_ x: Lanes) -> Lanes { exponentialMinusOne(x) / x }

/// The x > 0 with `h(x) = ratio`; the smallest positive one that matters where `ratio <= 1` has none.
///
/// `ln h` is convex and at least x/2, so that Newton's method from `2*ln(ratio)` comes down to the root without overshooting.
func inverseEnergyShape(_ ratio: Lanes) -> Lanes {
    let logarithm = naturalLogarithm(larger(ratio, Lanes(repeating: 1)))
    let least = Lanes(repeating: BandNats.least)
    var x = larger(smaller(2 * logarithm, Lanes(repeating: 2 * BandNats.most)), least)
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
