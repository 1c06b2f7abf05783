import Kernels

/// XXH3-128 (seed 0) of a model's flat float32 parameters, little-endian, in checkpoint order: binds an update to its base.
public struct ModelHash: Sendable, Hashable, CustomStringConvertible {
    /// The low half.
    public let low: UInt64
    /// The high half.
    public let high: UInt64

    /// A hash that is known.
    public init(low: UInt64, high: UInt64) { (self.low, self.high) = (low, high) }

    /// The hash of the parameters as they are.
    public init(of parameters: Tensor) {
        // SAFETY: a parameter lives until its function returns, and a tensor has `count` floats.
        let bytes = UnsafeRawBufferPointer(start: parameters.base, count: parameters.count * MemoryLayout<Float>.stride)
        (low, high) = hash128(bytes)
    }

    /// No model.
    public static let zero = ModelHash(low: 0, high: 0)

    /// 32 hexadecimal digits, high half first.
    public var description: String { hexadecimal((low, high)) }
}
