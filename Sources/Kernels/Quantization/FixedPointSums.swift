/// 64-bit sums that start at zero, in memory as fast as a tensor's.
///
/// A class, so that several threads work in place; an owner that is copied must copy its sums first.
package final class FixedPointSums: @unchecked Sendable {
    package let count: Int
    // SAFETY: addresses `count` initialised integers that `deinit` gives back. The owner ensures that nobody writes while others read.
    package let base: UnsafeMutablePointer<Int64>

    package init(count: Int) {
        precondition(count >= 0, "negative extent")
        self.count = count
        // SAFETY: zeroed memory for at least `count` integers, which zero bytes initialise.
        base = ArrayMemory.allocate(bytes: Self.bytes(count)).bindMemory(to: Int64.self, capacity: max(count, 1))
    }

    deinit { ArrayMemory.deallocate(base, bytes: Self.bytes(count)) }

    private static func bytes(_ count: Int) -> Int { max(count, 1) * MemoryLayout<Int64>.stride }

    package func copy() -> FixedPointSums {
        let sums = FixedPointSums(count: count)
        sums.base.update(from: base, count: count)
        return sums
    }
}
