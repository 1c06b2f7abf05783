/// Why a frame cannot be added. The sum is unchanged.
public enum AggregationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The frame holds weights where changes are summed, or the reverse.
    case wrongPayload(found: PayloadKind, expected: PayloadKind)
    /// The frame's tensors are not the model's.
    case layoutMismatch
    /// A FedAvg weight below 1, or one that takes the total above the announced limit.
    case weightOutOfRange(weight: Int, total: Int, limit: Int)
    /// A tensor may hold values beyond the headroom over the global model: the device's training diverged.
    case magnitudeOutOfRange(tensor: String, magnitude: Float, limit: Double)

    /// The reason in words, with the way out.
    public var description: String {
        switch self {
        case .wrongPayload(let found, let expected): "the frame holds \(found), this round averages \(expected)"
        case .layoutMismatch: "the frame's tensors are not the model's"
        case .weightOutOfRange(let weight, let total, let limit):
            "weight \(weight) on top of \(total) is outside 1...\(limit), the samples announced for this round"
        case .magnitudeOutOfRange(let tensor, let magnitude, let limit):
            "tensor \(tensor): magnitude \(magnitude) exceeds \(limit), 64 times the global model's: training diverged"
        }
    }
}
