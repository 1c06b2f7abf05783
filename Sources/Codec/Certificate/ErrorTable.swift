import Kernels

/// The certificate of an update before it is coded: the exact expected squared error and the coded size of every tensor for every width
/// b = 2...8, found in one pass without sampling.
public enum ErrorTable: Sendable {
    /// Of levels.
    case levels(LevelErrorTable)
    /// Of a lattice.
    case lattice(LatticeErrorTable)

    /// The table of `values`, which has the layout's `parameterCount` elements (precondition).
    ///
    /// - Throws: `CodecError` that names the first value that cannot be coded, or a tensor that a frame cannot hold.
    public init(_ values: Tensor, layout: ParameterLayout, quantizer: Quantizer, threads: Int = 1) throws(CodecError) {
        precondition(values.count == layout.parameterCount, "\(values.count) values for \(layout.parameterCount) parameters")
        switch quantizer {
        case .levels(let grid, let groupSize):
            self = .levels(try LevelErrorTable(values, layout: layout, grid: grid, groupSize: groupSize, threads: threads))
        case .lattice(let rounding):
            self = .lattice(try LatticeErrorTable(values, layout: layout, rounding: rounding, threads: threads))
        }
    }

    /// Names and shapes of the tensors.
    public var layout: ParameterLayout {
        switch self {
        case .levels(let table): table.layout
        case .lattice(let table): table.layout
        }
    }

    /// Error and size of each tensor, in the layout's order.
    public var tensors: [ErrorSummary] {
        switch self {
        case .levels(let table): table.tensors
        case .lattice(let table): table.tensors
        }
    }

    /// Sums over all tensors, and sizes of whole frames.
    public var summary: ErrorSummary {
        switch self {
        case .levels(let table): table.summary
        case .lattice(let table): table.summary
        }
    }

    /// What the table is of.
    public var quantizer: Quantizer {
        switch self {
        case .levels(let table): .levels(table.grid, groupSize: table.groupSize)
        case .lattice(let table): .lattice(table.rounding)
        }
    }
}
