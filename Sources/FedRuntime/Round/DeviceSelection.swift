import Kernels

/// Which devices take part in a round: `count` of them, each set equally likely.
package struct DeviceSelection: Sendable {
    package let seed: UInt64
    package let count: Int

    /// `count` must be at least 1 (precondition).
    package init(seed: UInt64, count: Int) {
        precondition(count >= 1, "a round needs at least one device")
        self.seed = seed
        self.count = count
    }

    /// Indices of the selected devices, ascending; all of them where there are no more than `count`. A pure function of seed and round.
    package func indices(round: Int, deviceCount: Int) -> [Int] {
        guard count < deviceCount else { return Array(0..<deviceCount) }
        var draw = CounterRandom(seed: seed, stream: .selection, round: UInt32(truncatingIfNeeded: round)).generator()
        var candidates = Array(0..<deviceCount)
        for place in 0..<count { candidates.swapAt(place, place + draw.nextIndex(below: deviceCount - place)) }
        return candidates[..<count].sorted()
    }
}
