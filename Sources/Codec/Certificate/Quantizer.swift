import Kernels

/// How an update's values become codes.
public enum Quantizer: Sendable, Equatable {
    /// Stochastic rounding to levels, a fixed number of bits a value; at 2 bits always those of grid `zero`. `groupSize` consecutive elements
    /// share a scale, 0 makes each tensor one group; at most `UInt32.max` (precondition of an error table).
    case levels(LevelGrid, groupSize: Int = 0)
    /// The multiples of one step for all tensors, however many: the step follows from the error, the bytes from an entropy coder.
    case lattice(LatticeRounding)

    /// The grid's name.
    public var grid: QuantizationGrid {
        switch self {
        case .levels(.paper, _): .paper
        case .levels(.zero, _): .zero
        case .lattice: .lattice
        }
    }

    /// Consecutive elements that share a scale; 0 where a tensor, or the whole update, has one.
    public var groupSize: Int { if case .levels(_, let groupSize) = self { groupSize } else { 0 } }

    /// The grid's id in a frame.
    var gridID: UInt8 { if case .levels(let grid, _) = self { grid.rawValue } else { FrameFormat.latticeGridID } }

    /// The version of frames that carry this quantizer's error table.
    var frameVersion: FrameVersion { if case .levels = self { .levels } else { .lattice } }

    /// Bytes of a whole frame with the exact float32 values of a model.
    ///
    /// - Throws: `CodecError` that names a tensor that a frame cannot hold.
    package func exactFrameBytes(_ layout: ParameterLayout) throws(CodecError) -> Int {
        try FrameFormat.verify(layout)
        return FrameFormat.bytesBesideData(layout, version: frameVersion) + 4 * layout.parameterCount
    }
}

/// The names of grids in settings.
public enum QuantizationGrid: String, Sendable, CaseIterable {
    /// Levels from a group's smallest to its largest non-zero magnitude, as in the paper.
    case paper
    /// Levels from zero to a group's largest magnitude.
    case zero
    /// The multiples of one step.
    case lattice
}
