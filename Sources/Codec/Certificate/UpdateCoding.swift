import Kernels

/// A way to code an update, made by the error table of its values: encoding cannot fail.
public struct UpdateCoding: Sendable {
    /// Exact expected squared error of all values.
    public let expectedError: Double
    /// Bytes of the whole frame; nil on a lattice, whose frame must be coded to know.
    public let frameBytes: Int?
    let form: Form

    /// Every form has what its table offers, and no other.
    enum Form: Sendable {
        case float32(ErrorTable)
        /// A width, 2...8, for each tensor.
        case levels(LevelErrorTable, widths: [Int])
        case lattice(LatticeErrorTable, step: Float)
    }
}

extension ErrorTable {
    /// Four bytes a value, exact: the FedAvg baseline.
    public var exactCoding: UpdateCoding {
        let bytes = FrameFormat.bytesBesideData(layout, version: quantizer.frameVersion) + 4 * layout.parameterCount
        return UpdateCoding(expectedError: 0, frameBytes: bytes, form: .float32(self))
    }

    /// The same number of bits, 2...8, for all tensors.
    ///
    /// - Throws: `CodecError.bitsOutOfRange`; on a lattice `CodecError.stepOutOfRange` where one value is too large beside the others.
    public func coding(bits: Int) throws(CodecError) -> UpdateCoding {
        guard CodeWidths.all.contains(bits) else { throw .bitsOutOfRange(bits) }
        switch self {
        case .levels(let table): return try table.coding(widths: table.tensors.map { _ in bits })
        case .lattice(let table):
            let step = try table.checked(table.statistics.step(bits: Double(bits)))
            return UpdateCoding(
                expectedError: table.summary.expectedError(bits: bits), frameBytes: nil, form: .lattice(table, step: step))
        }
    }

    /// The coding of the fewest bytes whose exact expected error meets a demand: for levels a width for each tensor, for a lattice the step
    /// of exactly that error, whatever widths are accepted. Those lie in 2...8 (precondition); `values` are what the table was made of.
    ///
    /// - Throws: `CodecError.demandNotMet` where no accepted width does.
    public func coding(
        meeting demand: ErrorDemand, accepted: ClosedRange<Int>, values: Tensor, threads: Int = 1
    ) throws(CodecError) -> UpdateCoding {
        let limit = demand.absolute(squaredNorm: summary.squaredNorm)
        switch self {
        case .levels(let table):
            if let choice = table.widths(errorAtMost: limit, accepted: accepted) { return try table.coding(widths: choice.bits) }
            throw .demandNotMet(
                limit: limit, best: summary.expectedError(bits: accepted.upperBound), bits: accepted.upperBound)
        case .lattice(let table):
            guard summary.squaredNorm > 0 else { return try coding(bits: accepted.upperBound) }
            return try table.coding(errorAtMost: limit, values: values, threads: threads)
        }
    }
}

extension LevelErrorTable {
    /// A width for each tensor (precondition on their number).
    ///
    /// - Throws: `CodecError.bitsOutOfRange` for a width outside 2...8.
    public func coding(widths: [Int]) throws(CodecError) -> UpdateCoding {
        precondition(widths.count == tensors.count, "\(widths.count) widths for \(tensors.count) tensors")
        for bits in widths where !CodeWidths.all.contains(bits) { throw .bitsOutOfRange(bits) }
        let bytesBesideData = FrameFormat.bytesBesideData(layout, version: .levels)
        return UpdateCoding(
            expectedError: zip(tensors, widths).reduce(0) { $0 + $1.0.expectedError(bits: $1.1) },
            frameBytes: zip(tensors, widths).reduce(bytesBesideData) { $0 + $1.0.codedBytes(bits: $1.1) },
            form: .levels(self, widths: widths))
    }
}

extension LatticeErrorTable {
    /// The multiples of `step`; `values` are what the table was made of.
    ///
    /// - Throws: `CodecError.stepOutOfRange` for a step that is not positive, or too small for the largest value.
    public func coding(step: Float, values: Tensor, threads: Int = 1) throws(CodecError) -> UpdateCoding {
        let step = try checked(step)
        let error = statistics.expectedErrors(values.base, count: values.count, steps: [step], threads: threads)[0]
        return UpdateCoding(expectedError: error, frameBytes: nil, form: .lattice(self, step: step))
    }

    /// The largest step whose exact expected error on `values`, what the table was made of, is at most `limit`.
    ///
    /// - Throws: `CodecError.stepOutOfRange` where that step is too small for the largest value.
    public func coding(errorAtMost limit: Double, values: Tensor, threads: Int = 1) throws(CodecError) -> UpdateCoding {
        // Beside a value close to the limit of all there is no room for a step.
        let largestStep = (MagnitudeStatistics.magnitudeLimit - largestMagnitude) / 8
        guard limit >= 0, smallestStep <= largestStep,
            let found = statistics.step(errorAtMost: limit, in: smallestStep...largestStep, values.base, threads: threads)
        else {
            throw .stepOutOfRange(step: Float((4 * max(limit, 0) / Double(values.count)).squareRoot()), largest: largestMagnitude)
        }
        return UpdateCoding(expectedError: found.error, frameBytes: nil, form: .lattice(self, step: try checked(found.step)))
    }

    /// The step, where codes can hold all values in it.
    func checked(_ step: Float) throws(CodecError) -> Float {
        guard step > 0, largestMagnitude + 2 * step < MagnitudeStatistics.magnitudeLimit, isFineEnough(step) else {
            throw .stepOutOfRange(step: step, largest: largestMagnitude)
        }
        return step
    }

    /// The smallest step that codes can hold all values in.
    private var smallestStep: Float {
        var smallest = max(largestMagnitude / (Self.mostSteps - 2), .leastNonzeroMagnitude)
        // Rounding takes away a unit in the last place or two.
        while !isFineEnough(smallest) { smallest = smallest.nextUp }
        return smallest
    }

    /// The bits that name it.
    var finestBits: Double { statistics.bits(step: smallestStep) }

    private func isFineEnough(_ step: Float) -> Bool { largestMagnitude / step < Self.mostSteps }

    /// Steps up to the largest value: a code may be one more.
    private static let mostSteps: Float = 0x1p23 - 2
}
