/// A band that is too narrow for its devices, each of which it could serve alone: by how much, and the ways out.
public struct SharedBandShortage: Sendable {
    /// A device and the least bandwidth that it needs.
    public struct Need: Sendable, Equatable {
        /// Position in the problem.
        public let device: Int
        /// The least bandwidth that it needs.
        public let hertz: Double
    }

    /// The band that there is.
    public let totalBandwidthHertz: Double
    /// The band that would suffice: the sum of the smallest bandwidths.
    public let neededHertz: Double
    /// The time budget, the same for all, that would suffice with the band as it is.
    public let sufficientTimeBudgetSeconds: Double
    /// The devices that need most, the most first, at most five.
    public let largestNeeds: [Need]
    /// Of the devices that the band could serve alone, in their order.
    let smallestBandwidthsHertz: [Double]

    /// How much the devices need together, and the ways out, rounded towards the feasible side.
    public var explanation: String {
        let needed = readable(neededHertz, .up)
        return
            "all devices together need \(needed) Hz of the \(readable(totalBandwidthHertz)) Hz; feasible with a total bandwidth of at least "
            + "\(needed) Hz, or a time budget of at least \(readable(sufficientTimeBudgetSeconds, .up)) s for all"
    }

    init(_ problem: SharedBand, served: [Int], blocks: DeviceBlocks) {
        var blocks = blocks
        let smallest = blocks.smallest()
        smallestBandwidthsHertz = smallest
        totalBandwidthHertz = problem.totalBandwidthHertz
        // Each need is at most the band.
        neededHertz = ReproducibleSum.of(smallest, largest: 2 * problem.totalBandwidthHertz) * (1 + 1e-12)
        sufficientTimeBudgetSeconds = Self.smallestTimeBudgetSeconds(problem, served: served, blocks: &blocks)
        let order = smallest.indices.sorted { (smallest[$1], $0) < (smallest[$0], $1) }.prefix(5)
        largestNeeds = order.map { Need(device: served[$0], hertz: smallest[$0]) }
    }

    static func smallestTimeBudgetSeconds(_ problem: SharedBand, served: [Int], threads: Int) -> Double {
        var blocks = DeviceBlocks(count: served.count, threads: threads) { place in problem.devices[served[place]] }
        return smallestTimeBudgetSeconds(problem, served: served, blocks: &blocks)
    }

    /// The smallest T at which the smallest bandwidths fit, by bisection of its logarithm; on the feasible side.
    private static func smallestTimeBudgetSeconds(
        _ problem: SharedBand, served: [Int], blocks: inout DeviceBlocks
    ) -> Double {
        let band = problem.totalBandwidthHertz
        // Alone on the band each device needs at least this long, so less is never enough.
        var low = served.reduce(0) { max($0, problem.onBand($1, band).smallestTimeBudgetSeconds) }
        var high: Double?
        var time = low
        var step = 2.0
        for _ in 0..<200 {
            let fits = blocks.totalSmallest(timeBudgetSeconds: time, limit: 4 * band) <= band
            if fits { high = time } else { low = time }
            if let high, high <= low * (1 + 1e-9) { break }
            if let high {
                time = (low * high).squareRoot()
            } else {
                time = low * step
                step *= step
            }
            if !time.isFinite || time > 1e30 { break }
        }
        return high ?? time
    }
}
