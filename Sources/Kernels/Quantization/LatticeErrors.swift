import CKernels

/// The exact expected squared error of rounding `count` finite values stochastically to the multiples of each of `steps`:
/// `sum of f (1 - f) step^2`, f a value's distance from the multiple below in steps.
package func latticeSquaredErrors(
    _ values: UnsafePointer<Float>, count: Int, steps: [Float], threads: Int
) -> [Double] {
    let blocks = CodingBlocks.count(count)
    var partials = [Double](repeating: 0, count: blocks * steps.count)
    partials.withUnsafeMutableBufferPointer { partials in
        let partials = partials
        parallelFor(count: blocks, threads: threads) { block in
            let elements = CodingBlocks.elements(block, of: count)
            // SAFETY: a block lies in 0..<count and has a sum for each step.
            gd_simd_selected().pointee.add_lattice_errors(
                values + elements.lowerBound, Int64(elements.count), steps, Int32(steps.count),
                partials.baseAddress! + block * steps.count)
        }
    }
    return steps.indices.map { index in
        stride(from: index, to: partials.count, by: steps.count).reduce(0.0) { $0 + partials[$1] }
    }
}

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
            gd_simd_selected().pointee.count_codes(
                values + first, Int64((part + 1) * count / parts - first), step, Int32(largest),
                counts.baseAddress! + part * 2 * size)
        }
    }
    return (0..<size).map { code in
        (0..<parts).reduce(0) { $0 + Int(counts[($1 * size + code) * 2]) + Int(counts[($1 * size + code) * 2 + 1]) }
    }
}
