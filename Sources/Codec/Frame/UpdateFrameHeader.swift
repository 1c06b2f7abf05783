import Kernels

/// What one update frame says about itself: docs/wire-format.md.
public struct UpdateFrameHeader: Sendable {
    /// Bytes of the whole frame.
    public let frameBytes: Int
    /// The run, round, device and model that the frame belongs to.
    public let binding: FrameBinding
    /// How the data is coded.
    public let codec: FrameCodec
    /// The certificate: exact expected squared error of what the frame holds.
    public let expectedError: Double
    /// D(b) and coded sizes for b = 2...8 of the same values, with `tableQuantizer`.
    public let table: ErrorSummary
    /// What `table` is of; a frame of exact values has one, too.
    public let tableQuantizer: Quantizer
    /// In the order of their data.
    public let tensors: [TensorEntry]
    /// What the frame holds beside them.
    package let carried: CarriedSection
    /// The key of the dither's random numbers; zero where nothing is dithered.
    let ditherKey: (UInt32, UInt32)

    /// The frame's version: 1 with levels, 2 with a lattice, 3 with either and tensors or metadata that it carries as they are.
    public var version: Int {
        Int(carried.isEmpty ? tableQuantizer.frameVersion.rawValue : FrameFormat.carryingVersion)
    }
    /// Number of values in all tensors.
    public var parameterCount: Int { tensors.reduce(0) { $0 + $1.count } }
    /// `expectedError` over the squared norm of the values; 0 where all are zero.
    public var relativeError: Double { table.squaredNorm > 0 ? expectedError / table.squaredNorm : 0 }
    /// Names, shapes and places of the values in one flat buffer.
    public var layout: ParameterLayout { ParameterLayout(tensors.map { ($0.name, $0.shape) }) }
}

/// How a frame's data is coded. The raw values are part of the frame's specification.
public enum FrameCodec: UInt8, Sendable, CaseIterable {
    /// Exact values.
    case float32 = 1
    /// Codes of levels.
    case stochasticRounding = 2
    /// Codes on a lattice.
    case lattice = 3

    /// Whether a frame of that version may have it: levels belong to version 1, a lattice to version 2.
    func occurs(in version: FrameVersion) -> Bool {
        switch self {
        case .float32: true
        case .stochasticRounding: version == .levels
        case .lattice: version == .lattice
        }
    }
}

/// One tensor's entry in a frame's tensor table.
public struct TensorEntry: Sendable, Equatable {
    /// The tensor's checkpoint name.
    public let name: String
    /// Extents, row-major; none for one element.
    public let shape: [Int]
    /// Exact expected squared error of this tensor's codes.
    public let expectedError: Double
    /// Number of elements.
    public let count: Int
    /// Bytes of scales and codes.
    public let codedBytes: Int
    let coding: TensorCoding

    /// 32 for raw float32 values, 2...8 for codes of levels; on a lattice the width of packed codes, or how many low bits of the codes are
    /// stored as they are.
    public var bits: Int {
        switch coding {
        case .float32: 32
        case .levels(_, let bits, _), .lattice(_, let bits, _): bits
        }
    }
}

/// How one tensor is coded.
enum TensorCoding: Sendable, Equatable {
    case float32
    case levels(LevelGrid, bits: Int, groupSize: Int)
    case lattice(LatticeStorage, bits: Int, rounding: LatticeRounding)
}

extension UpdateFrameHeader {
    /// Appends header and tensor table of a frame that carries nothing, field by field as `FrameParser` reads them.
    func write(to writer: inout ByteWriter) {
        let version = tableQuantizer.frameVersion
        writer.bytes += FrameFormat.magic
        writer.append(version.rawValue)
        writer.append(UInt16(FrameFormat.headerBytes))
        writer.append(UInt32(tensors.reduce(0) { $0 + $1.bytes(version) }))
        writer.append(UInt64(frameBytes))
        writer.append(binding.runID)
        writer.append(binding.round)
        writer.append(binding.device)
        writer.append(binding.baseModel.low)
        writer.append(binding.baseModel.high)
        writer.append(binding.payload.rawValue)
        writer.append(codec.rawValue)
        writer.append(tableQuantizer.gridID)
        if case .lattice(let rounding) = tableQuantizer { writer.append(rounding.rawValue) } else { writer.appendZeros(1) }
        writer.append(UInt32(tableQuantizer.groupSize))
        writer.append(UInt32(tensors.count))
        writer.appendZeros(4)
        writer.append(UInt64(parameterCount))
        writer.append(expectedError)
        writer.append(table.squaredNorm)
        for error in table.expectedErrors { writer.append(error) }
        for bytes in table.codedBytes { writer.append(UInt64(bytes)) }
        writer.append(ditherKey.0)
        writer.append(ditherKey.1)
        for tensor in tensors { tensor.write(version, to: &writer) }
    }
}

extension TensorEntry {
    fileprivate func bytes(_ version: FrameVersion) -> Int { version.tensorEntryBytes + 8 * shape.count + name.utf8.count }

    fileprivate func write(_ version: FrameVersion, to writer: inout ByteWriter) {
        writer.append(UInt16(name.utf8.count))
        writer.append(UInt8(shape.count))
        switch coding {
        case .float32:
            writer.append(UInt8(0))
            writer.append(UInt8(32))
            writer.appendZeros(3 + 4)
        case .levels(let grid, let bits, let groupSize):
            writer.append(grid.rawValue)
            writer.append(UInt8(bits))
            writer.appendZeros(3)
            writer.append(UInt32(groupSize))
        case .lattice(let storage, let bits, let rounding):
            writer.append(FrameFormat.latticeGridID)
            writer.append(UInt8(bits))
            writer.append(storage.rawValue)
            writer.append(rounding.rawValue)
            writer.appendZeros(1 + 4)
        }
        writer.append(expectedError)
        if version == .lattice { writer.append(UInt64(codedBytes)) }
        for extent in shape { writer.append(UInt64(extent)) }
        writer.bytes += name.utf8
    }
}
