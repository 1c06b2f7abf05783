/// The exact expected error and the coded size for b = 2...8, of one tensor or of a whole update: what a server plans with.
public struct ErrorSummary: Sendable, Equatable {
    /// Squared norm of the values.
    public let squaredNorm: Double
    /// D(b), absolute; element 0 is b = 2.
    public let expectedErrors: [Double]
    /// Bytes of a tensor's scales and codes or of the whole frame, estimated for a lattice; element 0 is b = 2.
    public let codedBytes: [Int]

    /// One error and one size for each width 2...8 (precondition).
    public init(squaredNorm: Double, expectedErrors: [Double], codedBytes: [Int]) {
        precondition(
            expectedErrors.count == CodeWidths.all.count && codedBytes.count == expectedErrors.count,
            "one entry for each width 2...8")
        (self.squaredNorm, self.expectedErrors, self.codedBytes) = (squaredNorm, expectedErrors, codedBytes)
    }

    /// D(b), absolute. `bits` lies in 2...8 (precondition).
    public func expectedError(bits: Int) -> Double { expectedErrors[bits - CodeWidths.all.lowerBound] }

    /// `D(b) / ||w||^2`; 0 where all values are zero.
    public func relativeError(bits: Int) -> Double { squaredNorm > 0 ? expectedError(bits: bits) / squaredNorm : 0 }

    /// Coded size at `bits` bits, in 2...8 (precondition).
    public func codedBytes(bits: Int) -> Int { codedBytes[bits - CodeWidths.all.lowerBound] }

    /// The smallest width whose error does not exceed `error`; 8 where none does. What a frame of a lattice, whose step is free, counts as.
    package func width(ofError error: Double) -> Int {
        CodeWidths.all.first { expectedError(bits: $0) <= error } ?? CodeWidths.all.upperBound
    }

    /// The smallest of the accepted widths, in 2...8 (precondition) and in any order, that the rule allows, or nil where none does.
    /// `delta` is the bound on `E||w||^2` of rule `theorem1`, the squared norm unless given.
    public func smallestBits(
        accepted: some Sequence<Int>, demand: ErrorDemand, rule: BitRule = .measured, delta: Double? = nil
    ) -> Int? {
        let limit = demand.absolute(squaredNorm: squaredNorm)
        return accepted.sorted().first { bits in
            switch rule {
            case .measured:
                expectedError(bits: bits) <= limit
            case .theorem1:
                Double((1 << (bits - 1)) - 1) >= BitRule.theorem1Levels(delta: delta ?? squaredNorm, errorDemand: limit)
            }
        }
    }
}

extension ErrorSummary {
    /// The sums of tensors, and the sizes of frames with `bytesBesideData` bytes besides them.
    init(sum tensors: [ErrorSummary], bytesBesideData: Int) {
        self.init(
            squaredNorm: tensors.reduce(0) { $0 + $1.squaredNorm },
            expectedErrors: CodeWidths.all.map { bits in tensors.reduce(0) { $0 + $1.expectedError(bits: bits) } },
            codedBytes: CodeWidths.all.map { bits in tensors.reduce(bytesBesideData) { $0 + $1.codedBytes(bits: bits) } })
    }
}
