import Kernels

extension ErrorTable {
    /// The coding of the fewest bytes whose exact expected error meets a demand: for levels a width for each tensor, for a lattice the step
    /// of exactly that error.
    ///
    /// - Parameters:
    ///   - accepted: widths in 2...8 (precondition); a lattice needs none.
    ///   - values: what the table was made of.
    /// - Throws: `CodecError.demandNotMet` where no accepted width does.
    public func coding(
        meeting demand: ErrorDemand, accepted: ClosedRange<Int>, values: Tensor, threads: Int = 1
    ) throws(CodecError) -> UpdateCoding {
        let limit = demand.absolute(squaredNorm: summary.squaredNorm)
        guard options.grid == .lattice else {
            if let choice = widths(errorAtMost: limit, accepted: accepted) { return .widths(choice.bits) }
            throw .demandNotMet(
                limit: limit, best: summary.expectedError(bits: accepted.upperBound), bits: accepted.upperBound)
        }
        guard summary.squaredNorm > 0 else { return .quantized(bits: accepted.upperBound) }
        guard limit > 0 else { throw .demandNotMet(limit: limit, best: 0, bits: accepted.upperBound) }
        return .lattice(step: latticeStep(errorAtMost: limit, values: values, threads: threads))
    }

    /// Exact expected squared error of a coding of `values`, which the table was made of.
    public func expectedError(of coding: UpdateCoding, values: Tensor, threads: Int = 1) -> Double {
        switch coding {
        case .float32: return 0
        case .quantized(let bits): return summary.expectedError(bits: bits)
        case .widths(let widths): return zip(tensors, widths).reduce(0) { $0 + $1.0.expectedError(bits: $1.1) }
        case .lattice(let step):
            let statistics = LatticeSurvey(
                count: layout.parameterCount, squaredNorm: summary.squaredNorm, rounding: options.rounding)
            return statistics.expectedErrors(values.base, count: values.count, steps: [step], threads: threads)[0]
        }
    }
}
