import Kernels

/// Where the levels of a group of values lie. A group shares its scale; `wMin` and `wMax` are its smallest and largest non-zero
/// magnitudes.
///
/// The raw values are part of the update frame's specification.
public enum LevelGrid: UInt8, Sendable, CaseIterable {
    /// Magnitudes from `wMin` to `wMax` in `2^(b-1) - 1` levels, b = 3...8. [Lai23 eq. 2] (corrected)
    case paper = 1
    /// Magnitudes from 0 to `wMax` in `2^(b-1)` levels, b = 2...8; ternary at 2 bits.
    case zero = 2

    /// The widths that this grid has levels for.
    public var bits: ClosedRange<Int> { self == .paper ? 3...8 : 2...8 }

    /// This grid, or `zero` at 2 bits, where the paper's grid has no form.
    public func resolved(bits: Int) -> LevelGrid { self.bits.contains(bits) ? self : .zero }

    /// Float32 numbers that describe one group.
    private var scalesPerGroup: Int { self == .paper ? 2 : 1 }

    /// The codes at a width that the grid has (precondition).
    func format(bits: Int) -> CodeFormat { CodeFormat(bits: bits, levelShift: self == .paper ? 1 : 0) }

    /// Bytes of a tensor's scales and codes at a width that the grid has (precondition).
    func codedBytes(_ geometry: GroupGeometry, bits: Int) -> Int {
        geometry.groupCount * scalesPerGroup * 4 + format(bits: bits).packedBytes(geometry.count)
    }
}
