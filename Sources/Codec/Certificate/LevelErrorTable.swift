import Kernels

/// The error table of values rounded to levels.
public struct LevelErrorTable: Sendable {
    /// Names and shapes of the tensors.
    public let layout: ParameterLayout
    /// The levels; at 2 bits always those of grid `zero`.
    public let grid: LevelGrid
    /// Consecutive elements that share a scale; 0: the whole tensor.
    public let groupSize: Int
    /// Error and size of each tensor, in the layout's order.
    public let tensors: [ErrorSummary]
    /// Sums over all tensors, and sizes of whole frames.
    public let summary: ErrorSummary
    /// The magnitudes of each tensor's groups, which the scales follow from.
    let ranges: [[MagnitudeRange]]

    init(
        _ values: Tensor, layout: ParameterLayout, grid: LevelGrid, groupSize: Int, threads: Int
    ) throws(CodecError) {
        precondition((0...Int(UInt32.max)).contains(groupSize), "group size \(groupSize) outside 0...\(UInt32.max)")
        try FrameFormat.verify(layout)
        let grids = CodeWidths.all.map { (grid: grid.resolved(bits: $0), bits: $0) }
        let formats = grids.map { $0.grid.format(bits: $0.bits) }
        var tensors: [ErrorSummary] = []
        var ranges: [[MagnitudeRange]] = []
        for entry in layout.entries {
            let statistics = try entry.statistics(values, groupSize: groupSize, threads: threads)
            let geometry = GroupGeometry(count: entry.count, groupSize: groupSize)
            let errors = expectedSquaredErrors(
                entry.start(in: values), geometry: geometry, ranges: statistics.ranges, formats: formats, threads: threads)
            tensors.append(
                ErrorSummary(
                    squaredNorm: statistics.squaredNorm, expectedErrors: errors,
                    codedBytes: grids.map { $0.grid.codedBytes(geometry, bits: $0.bits) }))
            ranges.append(statistics.ranges)
        }
        (self.layout, self.grid, self.groupSize) = (layout, grid, groupSize)
        (self.tensors, self.ranges) = (tensors, ranges)
        summary = ErrorSummary(sum: tensors, bytesBesideData: FrameFormat.bytesBesideData(layout, version: .levels))
    }
}
