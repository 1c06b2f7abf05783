/// Why values cannot be coded. Nothing is sent.
public enum CodecError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A value is NaN, infinite or at least 2^127 in magnitude. `index` counts within the tensor.
    case valueOutOfRange(tensor: String, index: Int, value: Float)
    /// No code has this width.
    case bitsOutOfRange(Int)
    /// A name or shape that the frame cannot hold.
    case unsupportedTensor(name: String, reason: String)

    public var description: String {
        switch self {
        case .valueOutOfRange(let tensor, let index, let value):
            "tensor \(tensor): element \(index) is \(value); only finite values below 2^127 can be coded: "
                + "check the training run for divergence"
        case .bitsOutOfRange(let bits):
            "\(bits) bits is outside 2...8, the widths of a code; choose 2...8 bits, or float32 for exact values"
        case .unsupportedTensor(let name, let reason):
            "tensor \(name): \(reason)"
        }
    }
}
