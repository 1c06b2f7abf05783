import Kernels

/// What a frame belongs to. All zero where there is no run; a server refuses such a frame.
public struct FrameBinding: Sendable, Equatable {
    public var runID: UInt64
    public var round: UInt32
    public var device: UInt32
    /// Hash of the model that the device started from.
    public var baseModel: ModelHash
    public var payload: PayloadKind

    public init(
        runID: UInt64 = 0, round: UInt32 = 0, device: UInt32 = 0, baseModel: ModelHash = .zero, payload: PayloadKind = .weights
    ) {
        (self.runID, self.round, self.device) = (runID, round, device)
        (self.baseModel, self.payload) = (baseModel, payload)
    }
}

/// What one update frame says about itself: docs/wire-format.md.
public struct UpdateFrameHeader: Sendable {
    /// One tensor's entry.
    public struct TensorEntry: Sendable, Equatable {
        public let name: String
        public let shape: [Int]
        /// 32 for raw float32 values, 2...8 for codes of levels; on a lattice the width of packed codes, or how many low bits of the codes
        /// are stored as they are.
        public let bits: Int
        /// nil for raw float32 values.
        public let grid: QuantizationGrid?
        /// Consecutive elements that share a scale; 0: the whole tensor.
        public let groupSize: Int
        /// Exact expected squared error of this tensor's codes.
        public let expectedError: Double
        /// Number of elements.
        public let count: Int
        /// Bytes of scales and codes.
        public let codedBytes: Int
        /// On a lattice: how the codes are stored and values were rounded.
        let lattice: LatticeFields?
    }

    struct LatticeFields: Sendable, Equatable {
        let storage: LatticeStorage
        let rounding: LatticeRounding
    }

    public let version: Int
    /// Bytes of the whole frame.
    public let frameBytes: Int
    public let binding: FrameBinding
    public let codec: FrameCodec
    /// The certificate: exact expected squared error of what the frame holds.
    public let expectedError: Double
    /// D(b) and coded sizes for b = 2...8 of the same values, with `tableOptions`.
    public let table: ErrorSummary
    public let tableOptions: QuantizerOptions
    public let tensors: [TensorEntry]
    /// The key of the dither's random numbers; zero where nothing is dithered.
    let ditherKey: (UInt32, UInt32)

    /// Number of values in all tensors.
    public var parameterCount: Int { tensors.reduce(0) { $0 + $1.count } }
    /// `expectedError` over the squared norm of the values; 0 where all are zero.
    public var relativeError: Double { table.squaredNorm > 0 ? expectedError / table.squaredNorm : 0 }
    /// Names, shapes and places of the values in one flat buffer.
    public var layout: ParameterLayout { ParameterLayout(tensors.map { ($0.name, $0.shape) }) }
}

/// How a frame's data is coded. The raw values are part of the frame's specification.
public enum FrameCodec: UInt8, Sendable, CaseIterable {
    case float32 = 1
    case stochasticRounding = 2
    case lattice = 3

    /// Whether frames of a version may have it: what has levels is written in version 1, what belongs to a lattice in version 2.
    func occurs(inVersion version: UInt16) -> Bool {
        switch self {
        case .float32: true
        case .stochasticRounding: version == 1
        case .lattice: version == 2
        }
    }
}
