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
            InstructionSet.statistics.lattice_errors(
                values + elements.lowerBound, Int64(elements.count), steps, Int32(steps.count),
                partials.baseAddress! + block * steps.count)
        }
    }
    return steps.indices.map { index in
        stride(from: index, to: partials.count, by: steps.count).reduce(0.0) { $0 + partials[$1] }
    }
}
