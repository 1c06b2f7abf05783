/// Why values cannot be coded. Nothing is sent.
public enum CodecError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A value is NaN, infinite or at least 2^127 in magnitude. `index` counts within the tensor.
    case valueOutOfRange(tensor: String, index: Int, value: Float)
    /// A lattice's step is not positive, or so small that a value is 2^23 steps or more.
    case stepOutOfRange(step: Float, largest: Float)
    /// No accepted width meets the demand.
    case demandNotMet(limit: Double, best: Double, bits: Int)
    /// The coarsest accepted coding takes more bytes than allowed.
    case bytesNotMet(limit: Int, smallest: Int, bits: Int)
    /// No code has this width.
    case bitsOutOfRange(Int)
    /// A name or shape that the frame cannot hold.
    case unsupportedTensor(name: String, reason: String)

    /// The reason in words, with the way out.
    public var description: String {
        switch self {
        case .valueOutOfRange(let tensor, let index, let value):
            "tensor \(tensor): element \(index) is \(value); only finite values below 2^127 can be coded: "
                + "check the training run for divergence"
        case .stepOutOfRange(let step, let largest):
            "a lattice of step \(step) does not suit magnitudes up to \(largest): the step must be at least "
                + "\(max(largest * 0x1p-23, .leastNonzeroMagnitude)); "
                + "allow a larger error, or send exact values"
        case .demandNotMet(let limit, let best, let bits):
            "an expected squared error of \(limit) is not met: \(bits) bits, the most accepted, give \(best); allow that error, use grid "
                + "lattice (any error), or send exact values"
        case .bytesNotMet(let limit, let smallest, let bits):
            "a frame of \(limit) bytes is too small: \(bits) bits a value, the fewest accepted, take \(smallest); allow more bytes or fewer bits"
        case .bitsOutOfRange(let bits):
            "\(bits) bits is outside 2...8, the widths of a code; choose 2...8 bits, or float32 for exact values"
        case .unsupportedTensor(let name, let reason):
            "tensor \(name): \(reason)"
        }
    }
}
