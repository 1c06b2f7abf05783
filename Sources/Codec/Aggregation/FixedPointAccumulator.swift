import Kernels

/// The FedAvg sum `sum n_k * w_k` in 64-bit fixed point: any order of arrival gives the same bytes.
///
/// A tensor's values enter as `round(v * 2^e)`. With the tensor's magnitude limit `m` (`UpdateLimits`), `2^p >= m` and
/// `2^q >= weightLimit`, the exponent is `e = min(50, 62 - q) - p`: every `|v * 2^e| <= 2^50` and the sum stays within
/// `2^q * 2^(62-q) = 2^62`, so it cannot overflow. Values above the limit are refused. Memory: 8 bytes a parameter.
public struct FixedPointAccumulator: UpdateAccumulator {
    /// Memory that a sum takes.
    package static let bytesPerParameter = MemoryLayout<Int64>.stride
    /// The tensors of the model.
    public var layout: ParameterLayout { limits.layout }
    /// What the frames hold.
    public var payload: PayloadKind { limits.payload }
    /// The largest sum of weights.
    public let weightLimit: Int
    /// Sum of the weights so far.
    public private(set) var totalWeight = 0
    /// Frames added so far.
    public private(set) var frameCount = 0
    /// Copied before it is added to, should another accumulator share it.
    private var sums: FixedPointSums
    private let limits: UpdateLimits
    /// In the layout's order.
    private let scales: [FixedPointScale]

    /// An empty sum for devices that start from `global`, `layout.parameterCount` elements (precondition); `weightLimit` is the sum of the
    /// samples of all devices asked this round, in 1...2^31 (precondition).
    public init(global: Tensor, layout: ParameterLayout, payload: PayloadKind, weightLimit: Int, threads: Int = 1) {
        precondition((1...(1 << 31)).contains(weightLimit), "weight limit \(weightLimit) outside 1...2^31")
        self.weightLimit = weightLimit
        limits = UpdateLimits(global: global, layout: layout, payload: payload, threads: threads)
        sums = FixedPointSums(count: layout.parameterCount)
        scales = limits.magnitudes.map { Self.scale(magnitudeLimit: $0, weightLimit: weightLimit) }
    }

    private static func scale(magnitudeLimit: Double, weightLimit: Int) -> FixedPointScale {
        let valueBits = Int(magnitudeLimit.exponent) + (magnitudeLimit.significand > 1 ? 1 : 0)
        let weightBits = Int.bitWidth - (weightLimit - 1).leadingZeroBitCount
        return FixedPointScale(exponent: min(50, 62 - weightBits) - valueBits)
    }

    /// Adds `weight * values` of a verified frame, whole or not at all.
    public mutating func add(_ frame: UpdateFrame, weight: Int, threads: Int = 1) throws(AggregationError) {
        try limits.verify(frame)
        guard weight >= 1, weight <= weightLimit - totalWeight else {
            throw .weightOutOfRange(weight: weight, total: totalWeight, limit: weightLimit)
        }
        if !isKnownUniquelyReferenced(&sums) { sums = sums.copy() }
        for (part, scale) in zip(frame.parts, scales) where part.count > 0 {
            // SAFETY: the frame's layout is this accumulator's, so each part lies inside `sums`.
            part.add(frame.bytes, fixedPoint: scale, weight: UInt32(weight), to: sums.base + part.offset, threads: threads)
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
        for (entry, scale) in zip(layout.entries, scales) {
            // SAFETY: the layout's entries lie inside all three buffers.
            weightedMean(
                sums.base + entry.offset, count: entry.count, fixedPoint: scale, totalWeight: totalWeight,
                base: payload == .change ? UnsafePointer(global.base) + entry.offset : nil, into: mean.base + entry.offset,
                threads: threads)
        }
    }
}

extension FramePart {
    fileprivate func add(
        _ frame: [UInt8], fixedPoint: FixedPointScale, weight: UInt32, to sums: UnsafeMutablePointer<Int64>, threads: Int
    ) {
        frame.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            // SAFETY: the part's data lies inside the frame, and `sums` has an integer for each of its elements.
            switch data {
            case .raw(let start):
                accumulate(
                    UnsafeRawPointer(base + start), count: count, fixedPoint: fixedPoint, weight: weight,
                    accumulatingInto: sums, threads: threads)
            case .levels(let part):
                dequantizeAccumulate(
                    base + part.start, geometry: part.geometry, scales: part.scales, format: part.format, fixedPoint: fixedPoint,
                    weight: weight, accumulatingInto: sums, threads: threads)
            case .lattice(let part):
                part.decode(base, threads: threads) { first, count, values in
                    accumulate(
                        UnsafeRawPointer(values), count: count, fixedPoint: fixedPoint, weight: weight,
                        accumulatingInto: sums + first, threads: 1)
                }
            }
        }
    }
}
