import Kernels

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
