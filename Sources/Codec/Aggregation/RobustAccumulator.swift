import Kernels

/// The trimmed mean of every coordinate over the round's updates: a minority of Byzantine devices cannot move it beyond the
/// others' values. [Yin et al. 2018]
///
/// Of the K values of a coordinate the `t` smallest and the `t` largest are left out, `t` being `trimFraction * K` rounded up, but at
/// least one or two values stay: 0.5 is the median, and with fewer than three updates nothing is left out. All devices count alike:
/// a weight would let a device that claims many samples in again.
///
/// Memory: the K frames as they were received and, in `mean`, K times the largest tensor.
public struct RobustAccumulator: UpdateAccumulator {
    /// Above 0, at most 0.5.
    public let trimFraction: Double
    private let limits: UpdateLimits
    private var frames: [UpdateFrame] = []

    /// Most bytes that `mean` may take for the values of one tensor of all devices.
    package static let memoryLimit = 2 << 30

    /// Bytes that `mean` takes for the values of one tensor of one device.
    package static func bytesPerDevice(_ layout: ParameterLayout) -> Int {
        MemoryLayout<Float>.stride * (layout.entries.map(\.count).max() ?? 0)
    }

    /// No frames yet, of devices that start from `global`, `layout.parameterCount` elements (precondition); `trimFraction` is above 0 and at
    /// most 0.5 (precondition).
    public init(global: Tensor, layout: ParameterLayout, payload: PayloadKind, trimFraction: Double, threads: Int = 1) {
        precondition(trimFraction > 0 && trimFraction <= 0.5, "trim fraction \(trimFraction) outside 0...0.5")
        self.trimFraction = trimFraction
        limits = UpdateLimits(global: global, layout: layout, payload: payload, threads: threads)
    }

    /// Frames taken in so far.
    public var frameCount: Int { frames.count }

    /// Keeps a verified frame, or refuses it. `weight` is not used.
    public mutating func add(_ frame: UpdateFrame, weight: Int, threads: Int = 1) throws(AggregationError) {
        try limits.verify(frame)
        frames.append(frame)
    }

    /// The trimmed mean, for changes on top of `global`: computed in Double, rounded once.
    ///
    /// At least one frame must have been added (precondition). `mean` is overwritten; it may be `global`.
    public func mean(global: Tensor, into mean: Tensor, threads: Int = 1) {
        let layout = limits.layout
        precondition(!frames.isEmpty, "the mean of no frames")
        precondition(global.count == layout.parameterCount && mean.count == global.count, "tensors of another model")
        let values = Tensor(shape: [frames.count, layout.entries.map(\.count).max() ?? 0])
        for (index, entry) in layout.entries.enumerated() {
            for (row, frame) in frames.enumerated() {
                frame.parts[index].decode(frame.bytes, into: values.base + row * entry.count, threads: threads)
            }
            // SAFETY: the layout's entries lie inside both tensors.
            trimmedMean(
                values.base, rows: frames.count, count: entry.count, trim: trimmed(of: frames.count),
                base: limits.payload == .change ? UnsafePointer(global.base) + entry.offset : nil,
                into: mean.base + entry.offset, threads: threads)
        }
        withExtendedLifetime(values) {}
    }

    /// How many of `count` values are left out on either side. What rounding adds to a product is not a whole value more.
    private func trimmed(of count: Int) -> Int {
        min(Int((trimFraction * Double(count) - 1e-9).rounded(.up)), (count - 1) / 2)
    }
}
