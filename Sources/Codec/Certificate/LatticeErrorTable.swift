import Kernels

/// The error table of values rounded to a lattice.
public struct LatticeErrorTable: Sendable {
    /// Names and shapes of the tensors.
    public let layout: ParameterLayout
    /// How values become multiples of the step.
    public let rounding: LatticeRounding
    /// Error and estimated size of each tensor, in the layout's order.
    public let tensors: [ErrorSummary]
    /// Sums over all tensors, and estimated sizes of whole frames.
    public let summary: ErrorSummary
    /// No value's magnitude is larger.
    let largestMagnitude: Float

    init(_ values: Tensor, layout: ParameterLayout, rounding: LatticeRounding, threads: Int) throws(CodecError) {
        try FrameFormat.verify(layout)
        var magnitudes: [(squaredNorm: Double, largest: Float)] = []
        for entry in layout.entries {
            let found = try entry.statistics(values, groupSize: 0, threads: threads)
            magnitudes.append((found.squaredNorm, found.ranges.first?.largest ?? 0))
        }
        let statistics = LatticeStatistics(
            count: layout.parameterCount, squaredNorm: magnitudes.reduce(0) { $0 + $1.squaredNorm }, rounding: rounding)
        let steps = CodeWidths.all.map { statistics.step(bits: Double($0)) }
        tensors = zip(layout.entries, magnitudes).map { entry, magnitudes in
            let start = entry.start(in: values)
            return ErrorSummary(
                squaredNorm: magnitudes.squaredNorm,
                expectedErrors: statistics.expectedErrors(start, count: entry.count, steps: steps, threads: threads),
                codedBytes: statistics.estimatedBytes(
                    start, count: entry.count, largest: magnitudes.largest, threads: threads))
        }
        summary = ErrorSummary(sum: tensors, bytesBesideData: FrameFormat.bytesBesideData(layout, version: .lattice))
        largestMagnitude = magnitudes.reduce(0) { max($0, $1.largest) }
        (self.layout, self.rounding) = (layout, rounding)
    }

    var statistics: LatticeStatistics {
        LatticeStatistics(count: layout.parameterCount, squaredNorm: summary.squaredNorm, rounding: rounding)
    }

    /// What is all zero needs no dither.
    var isDithered: Bool { rounding == .dithered && summary.squaredNorm > 0 }
}
