import CKernels

/// The exact expected squared error of rounding `count` finite values stochastically to the multiples of each of `steps`:
/// `sum of f (1 - f) step^2`, f a value's distance from the multiple below in steps.
package func latticeSquaredErrors(
    _ values: UnsafePointer<Float>, count: Int, steps: [Float], threads: Int
) -> [Double] {
    parallelSums(steps.count, blocks: CodingBlocks.count(count), threads: threads) { block, terms in
        let elements = CodingBlocks.elements(block, of: count)
        // SAFETY: a block lies in 0..<count and has a term for each step.
        InstructionSet.statistics.lattice_errors(
            values + elements.lowerBound, Int64(elements.count), steps, Int32(steps.count), terms)
    }
}
