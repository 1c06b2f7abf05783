/// Devices in lanes of eight, worked on in chunks that threads share.
struct DeviceBlocks: Sendable {
    let count: Int
    private var blocks: [BandLanes] = []
    private let threads: Int

    /// Blocks of a chunk: small enough to share out evenly, large enough not to wait for each other.
    private static let chunk = 512

    /// - Parameter problem: gives each of `count` devices.
    init(count: Int, threads: Int, problem: @Sendable (Int) -> DeviceEnergyProblem) {
        self.count = count
        self.threads = threads
        let lanes = Lanes.scalarCount
        blocks = parallelMap((count + lanes - 1) / lanes, threads: threads) { block in
            var result = BandLanes(repeating: problem(block * lanes))
            for index in block * lanes..<min(count, (block + 1) * lanes) { result.append(problem(index)) }
            return result
        }
    }

    /// The bandwidth that all devices together take at `price`; an addend counts as `limit` at most.
    mutating func totalDemand(price: Double, limit: Double) -> Double {
        total(limit: limit) { $0.demand(price: price) }
    }

    /// The sum of the smallest bandwidths, where all devices have `timeBudgetSeconds` if it is given.
    mutating func totalSmallest(timeBudgetSeconds: Double? = nil, limit: Double) -> Double {
        total(limit: limit) {
            if let timeBudgetSeconds { $0.setTimeBudget(timeBudgetSeconds) }
            return $0.smallestBandwidth()
        }
    }

    /// Each device's bandwidth at `price`, in order.
    mutating func demands(price: Double) -> [Double] { collect { $0.demand(price: price) } }

    /// Each device's smallest bandwidth, in order.
    mutating func smallest() -> [Double] { collect { $0.smallestBandwidth() } }

    private mutating func collect(_ value: @Sendable (inout BandLanes) -> Lanes) -> [Double] {
        let count = count
        return [Double](unsafeUninitializedCapacity: blocks.count * Lanes.scalarCount) { buffer, initialized in
            // SAFETY: a block writes its own eight elements of `buffer`, which outlives the loop; all of them are written.
            nonisolated(unsafe) let target = buffer
            forEachChunk { range, blocks in
                for index in range {
                    let lanes = value(&blocks[index])
                    for lane in 0..<Lanes.scalarCount {
                        target.initializeElement(at: index * Lanes.scalarCount + lane, to: lanes[lane])
                    }
                }
            }
            initialized = count
        }
    }

    private mutating func total(limit: Double, _ value: @Sendable (inout BandLanes) -> Lanes) -> Double {
        let chunks = (blocks.count + Self.chunk - 1) / Self.chunk
        var sums = [ReproducibleSum](repeating: ReproducibleSum(largest: limit, count: count), count: chunks)
        sums.withUnsafeMutableBufferPointer { buffer in
            // SAFETY: a chunk writes its own element of `buffer`, which outlives the loop.
            nonisolated(unsafe) let target = buffer
            forEachChunk { range, blocks in
                var sum = target[range.lowerBound / Self.chunk]
                for index in range {
                    let lanes = smaller(value(&blocks[index]), Lanes(repeating: limit))
                    for lane in 0..<blocks[index].count { sum.add(lanes[lane]) }
                }
                target[range.lowerBound / Self.chunk] = sum
            }
        }
        var sum = ReproducibleSum(largest: limit, count: count)
        for part in sums { sum.add(part) }
        return sum.value
    }

    /// Calls `body` with disjoint ranges of all blocks, from as many threads as allowed.
    private mutating func forEachChunk(_ body: @Sendable (Range<Int>, UnsafeMutableBufferPointer<BandLanes>) -> Void) {
        let count = blocks.count
        let threads = threads
        blocks.withUnsafeMutableBufferPointer { buffer in
            // SAFETY: `body` sees disjoint ranges of `buffer`, which outlives the loop.
            nonisolated(unsafe) let target = buffer
            forEachRange(of: count, chunk: Self.chunk, threads: threads) { body($0, target) }
        }
    }
}
