import Kernels

/// Where the levels of a scope lie. A scope shares its scale; `wMin` and `wMax` are its smallest and largest non-zero magnitudes.
///
/// The raw values are part of the update frame's specification.
public enum QuantizationGrid: UInt8, Sendable, CaseIterable {
    /// Magnitudes from `wMin` to `wMax` in `2^(b-1) - 1` levels, b = 3...8. [Lai23 eq. 1] (corrected)
    case paper = 1
    /// Magnitudes from 0 to `wMax` in `2^(b-1)` levels, b = 2...8; ternary at 2 bits.
    case zero = 2

    /// All widths that a code can have.
    public static let allBits = 2...8

    /// The widths that this grid has levels for.
    public var bits: ClosedRange<Int> { self == .paper ? 3...8 : 2...8 }

    /// This grid, or `zero` at 2 bits, where the paper's grid has no form.
    public func resolved(bits: Int) -> QuantizationGrid { self.bits.contains(bits) ? self : .zero }

    /// Float32 numbers that describe one scope.
    var scalesPerScope: Int { self == .paper ? 2 : 1 }

    /// The codes of this grid at a width that it has (precondition).
    func format(bits: Int) -> CodeFormat { CodeFormat(bits: bits, levelShift: self == .paper ? 1 : 0) }
}

/// How a tensor is quantized, apart from the number of bits.
public struct QuantizerOptions: Sendable, Equatable {
    /// The grid; at 2 bits always `zero`.
    public var grid: QuantizationGrid
    /// Consecutive elements that share a scale; 0 makes each tensor one scope.
    public var groupSize: Int

    /// - Parameter groupSize: at least 0 and at most `UInt32.max` (precondition).
    public init(grid: QuantizationGrid = .paper, groupSize: Int = 0) {
        precondition(groupSize >= 0 && groupSize <= Int(UInt32.max), "group size \(groupSize) outside 0...\(UInt32.max)")
        (self.grid, self.groupSize) = (grid, groupSize)
    }

    /// Bytes of the scales and codes of a tensor of `count` elements at `bits` bits.
    func codedBytes(count: Int, bits: Int) -> Int {
        let grid = grid.resolved(bits: bits)
        let scopes = ScopeGeometry(count: count, groupSize: groupSize).scopeCount
        return scopes * grid.scalesPerScope * 4 + grid.format(bits: bits).packedBytes(count)
    }
}

/// What a frame's values are.
public enum PayloadKind: UInt8, Sendable, CaseIterable {
    /// The device's weights `w_k`.
    case weights = 1
    /// Their change `w_k - w_global`.
    case change = 2
}

/// How a frame's values are coded.
public enum UpdateCoding: Sendable, Equatable {
    /// Four bytes a value, exact: the FedAvg baseline.
    case float32
    /// Stochastic rounding to `bits` bits, 2...8, with the grid and group size of the error table.
    case quantized(bits: Int)
}
