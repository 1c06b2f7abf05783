import CKernels

/// Calls `body` once for every index in `0..<count`, on at most `threads` threads.
///
/// The work is cut into `count` pieces by the caller, so results do not depend on `threads`. The pieces must write to
/// disjoint memory.
package func parallelFor(count: Int, threads: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
        var body = body
        // SAFETY: `gd_parallel_for` returns after the last call, so the closure outlives every use of its address.
        withUnsafeMutablePointer(to: &body) { context in
            gd_parallel_for(
                Int64(count), 1, Int32(clamping: threads),
                { share, _, context in
                    guard let body = context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee else { return }
                    for index in share.first..<share.end { body(Int(index)) }
                }, context)
        }
    }
}

/// Runs `body` while a team of `threads` threads stands by for its loops and kernels: without it each of them wakes a team of its own.
package func withTeam<Result, Failure: Error>(
    threads: Int, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    var result: Swift.Result<Result, Failure>?
    withoutActuallyEscaping({ () -> Void in
        do throws(Failure) { result = .success(try body()) } catch { result = .failure(error) }
    }) { call in
        var call = call
        // SAFETY: `gd_with_team` calls once and returns after it, so the closure outlives the use of its address.
        withUnsafeMutablePointer(to: &call) { context in
            gd_with_team(
                Int32(clamping: threads), { $0?.assumingMemoryBound(to: (() -> Void).self).pointee() }, context)
        }
    }
    guard let result else { preconditionFailure("a team runs its body") }
    return try result.get()
}

/// What `body` gives for each of the blocks `0..<blocks`, in their order, computed on at most `threads` threads.
package func parallelMap<Element>(blocks: Int, threads: Int, _ body: (_ block: Int) -> Element) -> [Element] {
    // An empty array would write the count of the one empty storage that all threads share.
    guard blocks > 0 else { return [] }
    return [Element](unsafeUninitializedCapacity: blocks) { results, count in
        let results = results
        // SAFETY: each block initialises the element of its own number, once; there are `blocks` of them.
        parallelFor(count: blocks, threads: threads) { results.initializeElement(at: $0, to: body($0)) }
        count = blocks
    }
}

/// `sums` sums over the blocks `0..<blocks`, added in their order for any number of threads: `body` gets a block's number and the
/// place of its `sums` terms, zeros at first.
package func parallelSums(
    _ sums: Int, blocks: Int, threads: Int, _ body: (_ block: Int, _ terms: UnsafeMutablePointer<Double>) -> Void
) -> [Double] {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: blocks * sums) { terms in
        guard let base = terms.baseAddress else { return [Double](repeating: 0, count: sums) }
        terms.initialize(repeating: 0)
        // SAFETY: each block has `sums` terms of its own.
        parallelFor(count: blocks, threads: threads) { body($0, base + $0 * sums) }
        return (0..<sums).map { index in (0..<blocks).reduce(0.0) { $0 + base[$1 * sums + index] } }
    }
}
