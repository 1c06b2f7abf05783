import Kernels

/// Where the levels of a group lie. A group shares its scale; `wMin` and `wMax` are its smallest and largest non-zero magnitudes.
///
/// The raw values are part of the update frame's specification.
public enum QuantizationGrid: UInt8, Sendable, CaseIterable {
    /// Magnitudes from `wMin` to `wMax` in `2^(b-1) - 1` levels, b = 3...8. [Lai23 eq. 1] (corrected)
    case paper = 1
    /// Magnitudes from 0 to `wMax` in `2^(b-1)` levels, b = 2...8; ternary at 2 bits.
    case zero = 2
    /// The multiples of one step for all tensors, however many: the step follows from the error, the bytes from an entropy coder. What is
    /// called b bits is the step at which a model of normal weights costs b bits a value, `sqrt(2 pi e) * rms / 2^b`.
    case lattice = 3

    /// All widths that a code can have.
    public static let allBits = 2...8

    /// The widths that this grid has levels for.
    public var bits: ClosedRange<Int> { self == .paper ? 3...8 : 2...8 }

    /// Whether a group's codes stand for levels between its magnitudes, a fixed number of bits a code.
    var hasLevels: Bool { self != .lattice }
    /// The grids whose groups have levels.
    public static let withLevels: [QuantizationGrid] = [.paper, .zero]

    /// This grid, or `zero` at 2 bits, where the paper's grid has no form.
    public func resolved(bits: Int) -> QuantizationGrid { self.bits.contains(bits) ? self : .zero }

    /// Float32 numbers that describe one group.
    var scalesPerGroup: Int { self == .paper ? 2 : 1 }

    /// The codes of this grid, which has levels, at a width that it has (preconditions).
    func format(bits: Int) -> CodeFormat {
        precondition(hasLevels, "a lattice has no codes of fixed width")
        return CodeFormat(bits: bits, levelShift: self == .paper ? 1 : 0)
    }
}

/// How a tensor is quantized, apart from the number of bits.
public struct QuantizerOptions: Sendable, Equatable {
    /// The grid; at 2 bits always `zero`.
    public var grid: QuantizationGrid
    /// Consecutive elements that share a scale; 0 makes each tensor one group. A lattice has one scale for all.
    public var groupSize: Int
    /// How values are rounded to a lattice; to levels always stochastically.
    public var rounding: LatticeRounding

    /// - Parameter groupSize: at least 0 and at most `UInt32.max` (precondition).
    public init(grid: QuantizationGrid = .paper, groupSize: Int = 0, rounding: LatticeRounding = .dithered) {
        precondition(groupSize >= 0 && groupSize <= Int(UInt32.max), "group size \(groupSize) outside 0...\(UInt32.max)")
        (self.grid, self.groupSize) = (grid, grid.hasLevels ? groupSize : 0)
        self.rounding = rounding
    }

    /// The version of frames with these options.
    var frameVersion: UInt16 { grid.hasLevels ? 1 : 2 }

    /// Bytes of the scales and codes of a tensor of `count` elements at `bits` bits.
    func codedBytes(count: Int, bits: Int) -> Int {
        let grid = grid.resolved(bits: bits)
        let groups = GroupGeometry(count: count, groupSize: groupSize).groupCount
        return groups * grid.scalesPerGroup * 4 + grid.format(bits: bits).packedBytes(count)
    }
}

/// How values become multiples of a lattice's step. The raw values are part of the update frame's specification.
public enum LatticeRounding: UInt8, Sendable, CaseIterable {
    /// To one of the two multiples beside a value at random, unbiased: error `f (1 - f) step^2`, f the distance from the lower one.
    case stochastic = 1
    /// To the nearest multiple of a value plus noise that the receiver draws again and subtracts: unbiased, error exactly `step^2 / 12`.
    case dithered = 2
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
    /// `bits` bits, 2...8, with the options of the error table.
    case quantized(bits: Int)
    /// A width, 2...8, for each tensor; for tables of levels.
    case widths([Int])
    /// The multiples of `step`, positive; for tables with grid `lattice`.
    case lattice(step: Float)
}
