import Kernels

/// The largest expected squared error that a device accepts.
public enum ErrorDemand: Sendable, Equatable {
    /// A share of the squared norm of what is sent.
    case relative(Double)
    /// An absolute squared error.
    case absolute(Double)

    /// The demand as an absolute squared error.
    public func absolute(squaredNorm: Double) -> Double {
        switch self {
        case .relative(let epsilon): epsilon * squaredNorm
        case .absolute(let error): error
        }
    }
}

/// How bits are chosen from a demand.
public enum BitRule: String, Sendable, CaseIterable {
    /// The smallest accepted width whose exact expected error meets the demand.
    case measured
    /// The paper's `L* = sqrt(delta / (2 D_k))` with `delta = ||w||^2`: the smallest accepted width with `2^(b-1) - 1 >= L*`,
    /// whether its error meets the demand or not. [Lai23 Theorem 1] (false in general; kept for comparison)
    case theorem1
}

/// The exact expected error and the size of the whole frame for b = 2...8: what a server plans with.
public struct ErrorSummary: Sendable, Equatable {
    /// Squared norm of the values that are sent.
    public let squaredNorm: Double
    /// D(b), absolute; element 0 is b = 2.
    public let expectedErrors: [Double]
    /// Bytes of the whole frame, estimated for a lattice; element 0 is b = 2.
    public let codedBytes: [Int]

    /// One error and one size for each width 2...8 (precondition).
    public init(squaredNorm: Double, expectedErrors: [Double], codedBytes: [Int]) {
        precondition(
            expectedErrors.count == QuantizationGrid.allBits.count && codedBytes.count == expectedErrors.count,
            "one entry for each width 2...8")
        (self.squaredNorm, self.expectedErrors, self.codedBytes) = (squaredNorm, expectedErrors, codedBytes)
    }

    /// D(b), absolute. `bits` lies in 2...8 (precondition).
    public func expectedError(bits: Int) -> Double { expectedErrors[bits - QuantizationGrid.allBits.lowerBound] }

    /// `D(b) / ||w||^2`; 0 where all values are zero.
    public func relativeError(bits: Int) -> Double { squaredNorm > 0 ? expectedError(bits: bits) / squaredNorm : 0 }

    /// Bytes of the whole frame at `bits` bits, in 2...8 (precondition).
    public func codedBytes(bits: Int) -> Int { codedBytes[bits - QuantizationGrid.allBits.lowerBound] }

    /// The smallest width whose error does not exceed `error`; 8 where none does. What a frame of a lattice, whose step is free, counts as.
    public func width(ofError error: Double) -> Int {
        QuantizationGrid.allBits.first { expectedError(bits: $0) <= error } ?? QuantizationGrid.allBits.upperBound
    }

    /// The smallest of the accepted widths that the rule allows, or nil where none does.
    ///
    /// - Parameters:
    ///   - accepted: widths in 2...8 (precondition), in any order.
    ///   - delta: the bound on `E||w||^2` of rule `theorem1`; the squared norm unless given.
    public func smallestBits(
        accepted: some Sequence<Int>, demand: ErrorDemand, rule: BitRule = .measured, delta: Double? = nil
    ) -> Int? {
        let limit = demand.absolute(squaredNorm: squaredNorm)
        return accepted.sorted().first { bits in
            switch rule {
            case .measured:
                expectedError(bits: bits) <= limit
            case .theorem1:
                Double((1 << (bits - 1)) - 1) >= theorem1Levels(delta: delta ?? squaredNorm, errorDemand: limit)
            }
        }
    }
}

/// The paper's number of levels, `L* = sqrt(delta / (2 D_k))`; 0 where `delta` is 0. [Lai23 Theorem 1]
public func theorem1Levels(delta: Double, errorDemand: Double) -> Double {
    delta > 0 ? (delta / (2 * errorDemand)).squareRoot() : 0
}
