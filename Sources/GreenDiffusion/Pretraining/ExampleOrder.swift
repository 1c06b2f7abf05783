import Kernels

/// Which example stands at which place of an endless training sequence: every epoch visits each example once, in an order of its own.
///
/// A pure function of seed and place, so a resumed run reads on where the interrupted one stopped.
package struct ExampleOrder {
    private let count: Int
    private let seed: UInt64
    private let device: UInt32
    private var epoch = -1
    private var permutation: [Int32] = []

    /// - Parameters:
    ///   - count: examples in the data set, at least 1 (precondition).
    ///   - device: whose examples they are; 0 where there is none.
    package init(count: Int, seed: UInt64, device: Int = 0) {
        precondition(count >= 1, "an empty data set has no order")
        (self.count, self.seed, self.device) = (count, seed, UInt32(truncatingIfNeeded: device))
    }

    /// The index of the example at `place`.
    package mutating func index(at place: Int) -> Int {
        if place / count != epoch { startEpoch(place / count) }
        return Int(permutation[place % count])
    }

    /// Fisher-Yates, spelled out: the order is part of what a seed means.
    private mutating func startEpoch(_ number: Int) {
        epoch = number
        permutation = Array(0..<Int32(count))
        var generator = CounterRandom(
            seed: seed, stream: .batchOrder, round: UInt32(truncatingIfNeeded: number), device: device
        ).generator()
        for last in stride(from: count - 1, to: 0, by: -1) {
            permutation.swapAt(last, generator.nextIndex(below: last + 1))
        }
    }
}
