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

/// Where code 0 lies in a code histogram.
package let codeHistogramCenter = 1 << 13

/// How often each nearest multiple of `step` occurs among `count` values; those beyond +-8,191 count as that.
package func codeHistogram(_ values: UnsafePointer<Float>, count: Int, step: Float, threads: Int) -> [Int] {
    let size = 2 * codeHistogramCenter
    let parts = max(1, min(threads, CodingBlocks.count(count)))
    let limit = Float(codeHistogramCenter - 1)
    var counts = [UInt32](repeating: 0, count: parts * size)
    counts.withUnsafeMutableBufferPointer { counts in
        let counts = counts
        parallelFor(count: parts, threads: threads) { part in
            // SAFETY: each part has its own counts, and codes are clamped into them.
            let own = counts.baseAddress! + part * size + codeHistogramCenter
            for index in (part * count / parts)..<((part + 1) * count / parts) {
                let code = max(-limit, min(limit, (values[index] / step).rounded(.toNearestOrEven)))
                own[Int(code)] += 1
            }
        }
    }
    var total = [Int](repeating: 0, count: size)
    for part in 0..<parts { for bin in 0..<size { total[bin] += Int(counts[part * size + bin]) } }
    return total
}
