import Kernels

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

/// The FedAvg sum `sum n_k * w_k` in 64-bit fixed point: any order of arrival gives the same bytes.
///
/// A tensor's values enter as `round(v * 2^e)`. With the magnitude limit `m = 64 * max(max|w_t|, max|w| / 16)` of the global model
/// (1 where it is all zero), `2^p >= m` and `2^q >= weightLimit`, the exponent is `e = min(50, 62 - q) - p`: every `|v * 2^e| <= 2^50`
/// and the sum stays within `2^q * 2^(62-q) = 2^62`, so it cannot overflow. Values above the limit are refused.
/// Memory: 8 bytes a parameter.
public struct FixedPointAccumulator: Sendable {
    public let layout: ParameterLayout
    public let payload: PayloadKind
    /// The largest sum of weights.
    public let weightLimit: Int
    /// Sum of the weights so far.
    public private(set) var totalWeight = 0
    /// Frames added so far.
    public private(set) var frameCount = 0
    private var sums: [Int64]
    private let tensorScales: [TensorScale]

    private struct TensorScale: Sendable {
        let fixedPoint: FixedPointScale
        let magnitudeLimit: Double
    }

    /// - Parameters:
    ///   - global: the parameters that the devices start from, `layout.parameterCount` elements (precondition).
    ///   - weightLimit: the sum of the samples of all devices asked this round, in 1...2^31 (precondition).
    public init(global: Tensor, layout: ParameterLayout, payload: PayloadKind, weightLimit: Int, threads: Int = 1) {
        precondition(global.count == layout.parameterCount, "\(global.count) values for \(layout.parameterCount) parameters")
        precondition((1...(1 << 31)).contains(weightLimit), "weight limit \(weightLimit) outside 1...2^31")
        (self.layout, self.payload, self.weightLimit) = (layout, payload, weightLimit)
        sums = [Int64](repeating: 0, count: layout.parameterCount)
        let largest = layout.entries.map { entry in
            // SAFETY: the layout's entries lie inside `global`.
            let survey = MagnitudeSurvey(
                UnsafeRawPointer(global.base + entry.offset), geometry: ScopeGeometry(count: entry.count, groupSize: 0),
                threads: threads)
            return survey.ranges.first?.largest ?? 0
        }
        let overall = Double(largest.max() ?? 0)
        tensorScales = largest.map { Self.scale(largest: Double($0), overall: overall, weightLimit: weightLimit) }
    }

    private static func scale(largest: Double, overall: Double, weightLimit: Int) -> TensorScale {
        let reference = max(largest, overall / 16)
        let limit = reference.isFinite && reference > 0x1p-120 ? min(64 * reference, 0x1p127) : 1
        let valueBits = Int(limit.exponent) + (limit.significand > 1 ? 1 : 0)
        let weightBits = Int.bitWidth - (weightLimit - 1).leadingZeroBitCount
        return TensorScale(
            fixedPoint: FixedPointScale(exponent: min(50, 62 - weightBits) - valueBits), magnitudeLimit: limit)
    }

    /// Adds `weight * values` of a verified frame, whole or not at all.
    public mutating func add(_ frame: UpdateFrame, weight: Int, threads: Int = 1) throws(AggregationError) {
        guard frame.header.binding.payload == payload else {
            throw .wrongPayload(found: frame.header.binding.payload, expected: payload)
        }
        guard frame.header.layout == layout else { throw .layoutMismatch }
        guard weight >= 1, weight <= weightLimit - totalWeight else {
            throw .weightOutOfRange(weight: weight, total: totalWeight, limit: weightLimit)
        }
        for ((part, scale), entry) in zip(zip(frame.parts, tensorScales), layout.entries) {
            guard Double(part.largestMagnitude) <= scale.magnitudeLimit else {
                throw .magnitudeOutOfRange(
                    tensor: entry.name, magnitude: part.largestMagnitude, limit: scale.magnitudeLimit)
            }
        }
        sums.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for (part, scale) in zip(frame.parts, tensorScales) where part.geometry.count > 0 {
                // SAFETY: the frame's layout is this accumulator's, so each part lies inside `sums`.
                frame.add(part, fixedPoint: scale.fixedPoint, weight: UInt32(weight), to: base + part.offset, threads: threads)
            }
        }
        totalWeight += weight
        frameCount += 1
    }

    /// The weighted mean `sum n_k * w_k / sum n_k`, for changes on top of `global`: computed in Double, rounded once.
    ///
    /// At least one frame must have been added (precondition). `mean` is overwritten; it may be `global`.
    public func mean(global: Tensor, into mean: Tensor, threads: Int = 1) {
        precondition(totalWeight > 0, "the mean of no frames")
        precondition(global.count == layout.parameterCount && mean.count == global.count, "tensors of another model")
        sums.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for (entry, scale) in zip(layout.entries, tensorScales) {
                // SAFETY: the layout's entries lie inside all three buffers.
                weightedMean(
                    base + entry.offset, count: entry.count, fixedPoint: scale.fixedPoint, totalWeight: totalWeight,
                    base: payload == .change ? UnsafePointer(global.base) + entry.offset : nil, into: mean.base + entry.offset,
                    threads: threads)
            }
        }
    }
}

extension UpdateFrame {
    fileprivate func add(
        _ part: TensorPart, fixedPoint: FixedPointScale, weight: UInt32, to sums: UnsafeMutablePointer<Int64>, threads: Int
    ) {
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            switch part.data {
            case .raw(let start):
                accumulate(
                    UnsafeRawPointer(base + start), count: part.geometry.count, fixedPoint: fixedPoint, weight: weight,
                    accumulatingInto: sums, threads: threads)
            case .levels(let format, let scales, let start):
                dequantizeAccumulate(
                    base + start, geometry: part.geometry, scales: scales, format: format, fixedPoint: fixedPoint, weight: weight,
                    accumulatingInto: sums, threads: threads)
            case .lattice(let lattice):
                lattice.decode(base, random: dither(part), threads: threads) { first, count, values in
                    accumulate(
                        UnsafeRawPointer(values), count: count, fixedPoint: fixedPoint, weight: weight,
                        accumulatingInto: sums + first, threads: 1)
                }
            }
        }
    }
}
