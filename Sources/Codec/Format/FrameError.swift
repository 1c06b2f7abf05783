/// Why a frame is refused. A frame is accepted whole or not at all. docs/wire-format.md names each case.
public enum FrameError: Error, Sendable, Equatable {
    /// Fewer bytes than the smallest frame, or than the declared length.
    case truncated(bytes: Int, expected: UInt64)
    /// The first eight bytes are not a frame's.
    case notAFrame
    /// A version that this decoder does not know.
    case unsupportedVersion(Int)
    /// More bytes than the declared length.
    case trailingBytes(Int)
    /// The checksum is not that of the bytes.
    case checksumMismatch
    /// The frame carries other tensors or texts beside its parameters, to a receiver of parameters alone.
    case carriedNotAccepted
    /// A reserved field or unused bit is not zero.
    case reservedNotZero(field: String)
    /// An id that this version does not define.
    case unknownID(field: String, value: Int)
    /// More than the receiver allows.
    case limitExceeded(field: String, value: UInt64, limit: Int)
    /// A field that contradicts another or lies outside its range.
    case invalidField(field: String, detail: String)
    /// Names or shapes differ from the receiver's model.
    case layoutMismatch(detail: String)
    /// A scale is NaN, infinite, negative or too large.
    case invalidScale(tensor: String, group: Int, value: Float)
    /// A code that no encoder writes.
    case reservedCode(tensor: String, index: Int)
    /// Codes that no encoder writes: a stream that does not end where it should, or a code that is too large.
    case damagedCodes(tensor: String, chunk: Int)
    /// A raw value is NaN or infinite.
    case valueOutOfRange(tensor: String, index: Int, value: Float)
    /// The frame belongs to no run: its base model is zero.
    case unbound
    /// The frame belongs to another run, round, device, base model or payload kind.
    case bindingMismatch(field: String, found: String, expected: String)
}

extension FrameError: CustomStringConvertible {
    /// The reason in words, with the way out.
    public var description: String {
        switch self {
        case .truncated(let bytes, let expected): "the frame has \(bytes) bytes of \(expected): send it again"
        case .notAFrame: "not an update frame (its first 8 bytes are not the frame's magic)"
        case .unsupportedVersion(let version):
            "frame version \(version) is unknown, this decoder reads versions 1 to 3: update it"
        case .trailingBytes(let count): "\(count) bytes follow the frame's declared end"
        case .checksumMismatch: "the frame's checksum does not match its bytes: it was damaged, send it again"
        case .carriedNotAccepted:
            "the frame carries tensors of other types or metadata beside its parameters, which only a file's frame may: "
                + "send the parameters alone"
        case .reservedNotZero(let field): "\(field) must be zero"
        case .unknownID(let field, let value): "\(field) \(value) is not defined in this version"
        case .limitExceeded(let field, let value, let limit): "\(field) \(value) exceeds this receiver's limit \(limit)"
        case .invalidField(let field, let detail): "\(field) \(detail)"
        case .layoutMismatch(let detail): "the frame is of another model: \(detail)"
        case .invalidScale(let tensor, let group, let value):
            "tensor \(tensor): scale \(value) of group \(group) is not a finite number in 0..<2^127"
        case .reservedCode(let tensor, let index): "tensor \(tensor): element \(index) has the reserved code"
        case .damagedCodes(let tensor, let chunk): "tensor \(tensor): the codes of chunk \(chunk) are none that an encoder writes"
        case .valueOutOfRange(let tensor, let index, let value):
            "tensor \(tensor): element \(index) is \(value), not a finite number below 2^127"
        case .unbound: "the frame belongs to no run (its base model is zero): only a frame made in a round can be averaged"
        case .bindingMismatch(let field, let found, let expected): "\(field) is \(found), expected \(expected)"
        }
    }
}
