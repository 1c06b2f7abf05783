import Codec

/// An update frame with bytes overwritten from `offset` on and the checksum made to fit: damage that only a check of its own finds.
public func resealed(_ frame: [UInt8], at offset: Int, with bytes: [UInt8]) -> [UInt8] {
    var frame = frame
    frame.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    let checksum = littleEndian(FrameFormat.checksum(of: frame))
    frame.replaceSubrange((frame.count - FrameFormat.checksumBytes)..., with: checksum)
    return frame
}

/// Where the data of the first tensor starts in an update frame.
public func dataOffset(of frame: [UInt8]) -> Int {
    let length = frame.withUnsafeBytes {
        $0.loadUnaligned(fromByteOffset: FrameFormat.tensorTableLengthOffset, as: UInt32.self)
    }
    return FrameFormat.headerBytes + Int(UInt32(littleEndian: length))
}

/// The bytes of an integer, lowest first.
public func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

extension QuantizationGrid {
    /// The grid with one scale a tensor, or with dither.
    public var quantizer: Quantizer {
        switch self {
        case .paper: .levels(.paper)
        case .zero: .levels(.zero)
        case .lattice: .lattice(.dithered)
        }
    }
}
