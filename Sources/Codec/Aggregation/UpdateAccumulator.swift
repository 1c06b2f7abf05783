import Kernels

/// Takes in a round's verified frames in any order and gives their mean, the same to the last bit.
public protocol UpdateAccumulator: Sendable {
    /// Frames taken in so far.
    var frameCount: Int { get }

    /// Takes in a frame, whole or not at all.
    ///
    /// - Parameter weight: the device's samples; a mean in which all devices count alike does not use it.
    mutating func add(_ frame: UpdateFrame, weight: Int, threads: Int) throws(AggregationError)

    /// The mean of the frames' values, for changes on top of `global`; `mean` is overwritten and may be `global`.
    ///
    /// At least one frame must have been added (precondition).
    func mean(global: Tensor, into mean: Tensor, threads: Int)
}

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

/// What a round's frames must keep to: payload kind, layout, and a magnitude for each tensor.
///
/// A tensor's limit is `64 * max(max|w_t|, max|w| / 16)` of the global model, 1 where that is all zero.
struct UpdateLimits: Sendable {
    let layout: ParameterLayout
    let payload: PayloadKind
    /// In the layout's order.
    let magnitudes: [Double]

    /// - Parameter global: the parameters that the devices start from, `layout.parameterCount` elements (precondition).
    init(global: Tensor, layout: ParameterLayout, payload: PayloadKind, threads: Int) {
        precondition(global.count == layout.parameterCount, "\(global.count) values for \(layout.parameterCount) parameters")
        (self.layout, self.payload) = (layout, payload)
        let largest = layout.entries.map { entry in
            // SAFETY: the layout's entries lie inside `global`.
            let statistics = MagnitudeStatistics(
                UnsafeRawPointer(global.base + entry.offset), geometry: GroupGeometry(count: entry.count, groupSize: 0),
                threads: threads)
            return statistics.ranges.first?.largest ?? 0
        }
        let overall = Double(largest.max() ?? 0)
        magnitudes = largest.map { largest in
            let reference = max(Double(largest), overall / 16)
            return reference.isFinite && reference > 0x1p-120 ? min(64 * reference, 0x1p127) : 1
        }
    }

    /// Throws what the frame does not keep to.
    func verify(_ frame: UpdateFrame) throws(AggregationError) {
        guard frame.header.binding.payload == payload else {
            throw .wrongPayload(found: frame.header.binding.payload, expected: payload)
        }
        guard frame.header.layout == layout else { throw .layoutMismatch }
        for ((part, limit), entry) in zip(zip(frame.parts, magnitudes), layout.entries) {
            guard Double(part.largestMagnitude) <= limit else {
                throw .magnitudeOutOfRange(tensor: entry.name, magnitude: part.largestMagnitude, limit: limit)
            }
        }
    }
}
