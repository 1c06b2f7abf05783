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
        /// Bytes of scales and codes; element 0 is b = 2.
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
    /// The magnitudes of each tensor's scopes, which the scales follow from.
    let ranges: [[MagnitudeRange]]

    /// Surveys `values`, which has the layout's `parameterCount` elements (precondition).
    ///
    /// - Throws: `CodecError` that names the first value that cannot be coded, or a tensor that a frame cannot hold.
    public init(
        _ values: Tensor, layout: ParameterLayout, options: QuantizerOptions, threads: Int = 1
    ) throws(CodecError) {
        precondition(values.count == layout.parameterCount, "\(values.count) values for \(layout.parameterCount) parameters")
        let overhead = try FrameEncoder.overheadBytes(layout)
        var lines: [Line] = []
        var ranges: [[MagnitudeRange]] = []
        for entry in layout.entries {
            let (line, scopes) = try Self.survey(values, entry, options: options, threads: threads)
            lines.append(line)
            ranges.append(scopes)
        }
        summary = ErrorSummary(
            squaredNorm: lines.reduce(0) { $0 + $1.squaredNorm },
            expectedErrors: QuantizationGrid.allBits.map { bits in lines.reduce(0) { $0 + $1.expectedError(bits: bits) } },
            codedBytes: QuantizationGrid.allBits.map { bits in lines.reduce(overhead) { $0 + $1.codedBytes(bits: bits) } })
        (self.layout, self.options, tensors, self.ranges) = (layout, options, lines, ranges)
    }

    private static func survey(
        _ values: Tensor, _ entry: ParameterLayout.Entry, options: QuantizerOptions, threads: Int
    ) throws(CodecError) -> (Line, [MagnitudeRange]) {
        // SAFETY: the layout's entries lie inside `values`.
        let base = UnsafePointer(values.base) + entry.offset
        let geometry = ScopeGeometry(count: entry.count, groupSize: options.groupSize)
        let survey = MagnitudeSurvey(UnsafeRawPointer(base), geometry: geometry, threads: threads)
        if let index = survey.firstRejected {
            throw .valueOutOfRange(tensor: entry.name, index: index, value: base[index])
        }
        let formats = QuantizationGrid.allBits.map { options.grid.resolved(bits: $0).format(bits: $0) }
        let line = Line(
            name: entry.name, squaredNorm: survey.squaredNorm,
            expectedErrors: expectedSquaredErrors(
                base, geometry: geometry, ranges: survey.ranges, formats: formats, threads: threads),
            codedBytes: QuantizationGrid.allBits.map { options.codedBytes(count: entry.count, bits: $0) })
        return (line, survey.ranges)
    }
}
