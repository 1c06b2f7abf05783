import CKernels

/// How often each nearest multiple of `step` occurs among `count` values: of -largest...largest, those beyond count as these.
package func codeHistogram(
    _ values: UnsafePointer<Float>, count: Int, step: Float, largest: Int, threads: Int
) -> [Int] {
    let size = 2 * largest + 1
    let parts = max(1, min(threads, CodingBlocks.count(count)))
    // Two counts a code: equal neighbours need not wait for each other.
    var counts = [UInt32](repeating: 0, count: parts * 2 * size)
    counts.withUnsafeMutableBufferPointer { counts in
        let counts = counts
        parallelFor(count: parts, threads: threads) { part in
            let first = part * count / parts
            // SAFETY: each part has its own elements and counts.
            InstructionSet.statistics.count_codes(
                values + first, Int64((part + 1) * count / parts - first), step, Int32(largest),
                counts.baseAddress! + part * 2 * size)
        }
    }
    return (0..<size).map { code in
        (0..<parts).reduce(0) { $0 + Int(counts[($1 * size + code) * 2]) + Int(counts[($1 * size + code) * 2 + 1]) }
    }
}
