/// The price of bandwidth at which demand fits the band.
struct BandPrice {
    let joulesPerHertz: Double

    /// Finds the price at which `demand` is the band or at most 1e-10 less.
    ///
    /// Demand falls with the price, its logarithm with a slope between -1 and 0 in the logarithm of the price (a device's marginal energy
    /// falls at least as fast as 1/B), so a secant through the last two points converges in a few steps; the bracket guards it.
    ///
    /// - Parameters:
    ///   - demand: total bandwidth taken at a price; at most the band for a high enough one.
    ///   - start: a first guess, positive.
    init(band: Double, start: Double, demand: (Double) -> Double) {
        var y = min(max(naturalLogarithm(start), -Self.limit), Self.limit)
        var (low, high) = (-Self.limit, Self.limit)
        var previous: (y: Double, excess: Double)?
        for _ in 0..<400 {
            let excess = naturalLogarithm(demand(exponential(y)) / band)
            if excess > 0 { low = y } else { high = y }
            if excess <= 0 && excess >= -Self.slackTolerance { break }
            let slope = previous.map { (excess - $0.excess) / (y - $0.y) } ?? -0.4
            previous = (y, excess)
            var next = y - (excess + Self.slackTolerance / 8) / min(max(slope, -1), -0.01)
            if !(next > low && next < high) { next = low + (high - low) / 2 }
            guard next > low, next < high else { break }
            y = next
        }
        joulesPerHertz = exponential(high)
    }

    private static let slackTolerance = 1e-10
    /// Prices from 1e-169 to 1e169: far beyond any device's.
    private static let limit = 390.0
}
