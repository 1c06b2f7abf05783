import Kernels

/// The certificate of an update before it is coded: the exact expected squared error and the coded size of every tensor for
/// every width b = 2...8, found in one pass without sampling.
public struct ErrorTable: Sendable {
    /// One tensor's line.
    public struct Line: Sendable, Equatable {
        public let name: String
        /// Squared norm of the tensor.
        public let squaredNorm: Double
        /// D(b), absolute; element 0 is b = 2.
        public let expectedErrors: [Double]
        /// Bytes of scales and codes, estimated for a lattice; element 0 is b = 2.
        public let codedBytes: [Int]

        /// D(b), absolute. `bits` lies in 2...8 (precondition).
        public func expectedError(bits: Int) -> Double { expectedErrors[bits - QuantizationGrid.allBits.lowerBound] }
        /// Bytes of scales and codes at `bits` bits, in 2...8 (precondition).
        public func codedBytes(bits: Int) -> Int { codedBytes[bits - QuantizationGrid.allBits.lowerBound] }
    }

    public let layout: ParameterLayout
    public let options: QuantizerOptions
    /// In the layout's order.
    public let tensors: [Line]
    /// Sums over all tensors, and sizes of whole frames.
    public let summary: ErrorSummary
    /// The magnitudes of each tensor's groups, which the scales follow from.
    let ranges: [[MagnitudeRange]]

    /// Surveys `values`, which has the layout's `parameterCount` elements (precondition).
    ///
    /// - Throws: `CodecError` that names the first value that cannot be coded, or a tensor that a frame cannot hold.
    public init(
        _ values: Tensor, layout: ParameterLayout, options: QuantizerOptions, threads: Int = 1
    ) throws(CodecError) {
        precondition(values.count == layout.parameterCount, "\(values.count) values for \(layout.parameterCount) parameters")
        let overhead = try FrameEncoder.overheadBytes(layout, version: options.frameVersion)
        var lines: [Line] = []
        var ranges: [[MagnitudeRange]] = []
        for entry in layout.entries {
            let statistics = try Self.statistics(values, entry, options: options, threads: threads)
            lines.append(Self.line(values, entry, statistics, options: options, threads: threads))
            ranges.append(statistics.ranges)
        }
        if options.grid == .lattice {
            lines = Self.latticeLines(values, layout, lines, ranges, rounding: options.rounding, threads: threads)
        }
        summary = ErrorSummary(
            squaredNorm: lines.reduce(0) { $0 + $1.squaredNorm },
            expectedErrors: QuantizationGrid.allBits.map { bits in lines.reduce(0) { $0 + $1.expectedError(bits: bits) } },
            codedBytes: QuantizationGrid.allBits.map { bits in lines.reduce(overhead) { $0 + $1.codedBytes(bits: bits) } })
        (self.layout, self.options, tensors, self.ranges) = (layout, options, lines, ranges)
    }

    private static func statistics(
        _ values: Tensor, _ entry: ParameterLayout.Entry, options: QuantizerOptions, threads: Int
    ) throws(CodecError) -> MagnitudeStatistics {
        // SAFETY: the layout's entries lie inside `values`.
        let base = UnsafePointer(values.base) + entry.offset
        let geometry = GroupGeometry(count: entry.count, groupSize: options.groupSize)
        let statistics = MagnitudeStatistics(UnsafeRawPointer(base), geometry: geometry, threads: threads)
        if let index = statistics.firstRejected {
            throw .valueOutOfRange(tensor: entry.name, index: index, value: base[index])
        }
        return statistics
    }

    /// A tensor's line; on a lattice, whose step depends on all tensors, without errors and sizes.
    private static func line(
        _ values: Tensor, _ entry: ParameterLayout.Entry, _ statistics: MagnitudeStatistics, options: QuantizerOptions, threads: Int
    ) -> Line {
        guard options.grid.hasLevels else {
            return Line(name: entry.name, squaredNorm: statistics.squaredNorm, expectedErrors: [], codedBytes: [])
        }
        let formats = QuantizationGrid.allBits.map { options.grid.resolved(bits: $0).format(bits: $0) }
        // SAFETY: the layout's entries lie inside `values`.
        let errors = expectedSquaredErrors(
            UnsafePointer(values.base) + entry.offset, geometry: GroupGeometry(count: entry.count, groupSize: options.groupSize),
            ranges: statistics.ranges, formats: formats, threads: threads)
        return Line(
            name: entry.name, squaredNorm: statistics.squaredNorm, expectedErrors: errors,
            codedBytes: QuantizationGrid.allBits.map { options.codedBytes(count: entry.count, bits: $0) })
    }

    private static func latticeLines(
        _ values: Tensor, _ layout: ParameterLayout, _ lines: [Line], _ ranges: [[MagnitudeRange]], rounding: LatticeRounding,
        threads: Int
    ) -> [Line] {
        let statistics = LatticeSurvey(
            count: layout.parameterCount, squaredNorm: lines.reduce(0) { $0 + $1.squaredNorm }, rounding: rounding)
        let steps = QuantizationGrid.allBits.map { statistics.step(bits: Double($0)) }
        return zip(zip(layout.entries, lines), ranges).map { tensor, ranges in
            let (entry, line) = tensor
            // SAFETY: the layout's entries lie inside `values`.
            let base = UnsafePointer(values.base) + entry.offset
            return Line(
                name: line.name, squaredNorm: line.squaredNorm,
                expectedErrors: statistics.expectedErrors(base, count: entry.count, steps: steps, threads: threads),
                codedBytes: statistics.estimatedBytes(
                    base, count: entry.count, largest: ranges.first?.largest ?? 0, threads: threads))
        }
    }
}
