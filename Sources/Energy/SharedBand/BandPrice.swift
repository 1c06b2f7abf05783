/// The price of bandwidth at which demand fits the band.
struct BandPrice {
    let joulesPerHertz: Double

    /// Finds the price at which `demand` is the band, or less by at most 1e-12 of what the band has above the devices' needs.
    ///
    /// Demand falls with the price: in logarithms with a slope between -1 and 0, as a device's marginal energy falls at least as fast as
    /// 1/B. A secant through the last two points therefore converges in a few steps. Where a step does not halve the excess (demand is
    /// flat where most devices take the least that they need), the bracket is halved, or searched for in doubling steps.
    ///
    /// - Parameters:
    ///   - needed: what all devices take at the highest price.
    ///   - demand: total bandwidth taken at a price; at most the band for a high enough one.
    ///   - start: a first guess, positive.
    init(band: Double, needed: Double, start: Double, demand: (Double) -> Double) {
        let tolerance = Self.tolerance(band: band, needed: needed)
        var y = min(max(naturalLogarithm(start), -Self.limit), Self.limit)
        var (low, high): (Double?, Double?) = (nil, nil)
        var previous: (y: Double, excess: Double)?
        var nearest = (y: y, excess: Double.infinity)
        for _ in 0..<400 {
            let excess = naturalLogarithm(demand(exponential(y)) / band)
            if abs(excess) < nearest.excess { nearest = (y, abs(excess)) }
            if excess > 0 { low = y } else { high = y }
            if excess <= 0 && excess >= -tolerance { break }
            let slope = previous.map { (excess - $0.excess) / (y - $0.y) } ?? -0.4
            var next = y - (excess + tolerance / 8) / min(max(slope, -1), -1e-6)
            let isStalled = previous.map { abs(excess) > 0.5 * abs($0.excess) } ?? false
            if let low, let high {
                if isStalled || !(next > low && next < high) { next = low + (high - low) / 2 }
                guard next > low, next < high else { break }
            } else {
                let stride = previous.map { 2 * abs(y - $0.y) } ?? 0.1
                if isStalled || abs(next - y) > max(stride, 8) { next = y + (excess > 0 ? 1 : -1) * max(stride, 0.1) }
                next = min(max(next, -Self.limit), Self.limit)
                guard next != y else { break }
            }
            previous = (y, excess)
            y = next
        }
        joulesPerHertz = exponential(high ?? nearest.y)
    }

    /// The part of the band that may stay unused: rounding, where the devices need nearly all of it.
    static func tolerance(band: Double, needed: Double) -> Double { max(1e-12 * (1 - needed / band), 4e-15) }

    /// Prices from 1e-169 to 1e169: far beyond any device's.
    private static let limit = 390.0
}
