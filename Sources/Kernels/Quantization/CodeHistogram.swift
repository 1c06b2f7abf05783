import CKernels

/// How often each nearest multiple of `step` occurs among `count` values: of -largest...largest, those beyond count as these.
package func codeHistogram(
    _ values: UnsafePointer<Float>, count: Int, step: Float, largest: Int, threads: Int
) -> [Int] {
    let size = 2 * largest + 1
    let parts = max(1, min(threads, CodingBlocks.count(count)))
    let histograms = parallelMap(blocks: parts, threads: threads) { part in
        let first = part * count / parts
        // Two counts a code: equal neighbours need not wait for each other.
        var counts = [UInt32](repeating: 0, count: 2 * size)
        // SAFETY: parts lie in 0..<count.
        InstructionSet.statistics.count_codes(
            values + first, Int64((part + 1) * count / parts - first), step, Int32(largest), &counts)
        return counts
    }
    return (0..<size).map { code in histograms.reduce(0) { $0 + Int($1[2 * code]) + Int($1[2 * code + 1]) } }
}
