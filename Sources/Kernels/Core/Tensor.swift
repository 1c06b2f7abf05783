/// A contiguous float32 array with a shape: owned memory, or a view into another tensor's memory that it keeps alive.
///
/// Activations are channels-last, `(N, H, W, C)`: the layout that fused convolutions work on (docs/adr/0001-activation-layout.md).
/// Memory is 64-byte aligned and starts at zero. A reference type on purpose: a training step works in place on memory that is
/// planned once. Not `Sendable`: threads live below this level, inside the kernels.
public final class Tensor {
    /// Extents, the last one contiguous.
    public let shape: [Int]
    /// Number of elements.
    public let count: Int
    // SAFETY: `base` addresses `count` initialised floats, owned by `self` (owner == nil) or by `owner`, which `self` retains.
    // Swift may free a tensor after its last mention, even while its pointer is in use: a parameter lives until its function
    // returns, a local tensor needs `withExtendedLifetime`.
    package let base: UnsafeMutablePointer<Float>
    private let owner: Tensor?

    /// Zeros of the given shape. Every extent must be positive or zero (precondition).
    public init(shape: [Int]) {
        precondition(shape.allSatisfy { $0 >= 0 }, "negative extent in \(shape)")
        self.shape = shape
        count = shape.reduce(1, *)
        owner = nil
        // SAFETY: zeroed memory for at least `count` floats, which zero bytes initialise; `deinit` gives it back.
        base = ArrayMemory.allocate(bytes: Self.bytes(count)).bindMemory(to: Float.self, capacity: max(count, 1))
    }

    /// A copy of `values` with the given shape; the counts must agree (precondition).
    public convenience init(shape: [Int], values: [Float]) {
        self.init(shape: shape)
        precondition(values.count == count, "\(values.count) values for shape \(shape)")
        values.withUnsafeBufferPointer { base.update(from: $0.baseAddress ?? UnsafePointer(base), count: count) }
    }

    /// A view of `shape` into `owner`, from element `offset`; it must lie inside (precondition).
    public init(viewOf owner: Tensor, offset: Int = 0, shape: [Int]) {
        let count = shape.reduce(1, *)
        precondition(offset >= 0 && count >= 0 && offset + count <= owner.count, "view outside its owner")
        (self.shape, self.count, self.owner) = (shape, count, owner)
        base = owner.base + offset
    }

    deinit { if owner == nil { ArrayMemory.deallocate(base, bytes: Self.bytes(count)) } }

    private static func bytes(_ count: Int) -> Int { max(count, 1) * MemoryLayout<Float>.stride }

    /// An element in row-major order; `index` must be less than `count` (precondition).
    public subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count)
            return base[index]
        }
        set {
            precondition(index >= 0 && index < count)
            base[index] = newValue
        }
    }

    /// The elements in row-major order, copied.
    public var values: [Float] {
        withExtendedLifetime(self) { Array(UnsafeBufferPointer(start: base, count: count)) }
    }

    /// The elements without a copy, for the time of `body`.
    public func withSpan<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) {
            try body(Span(_unsafeElements: UnsafeBufferPointer(start: base, count: count)))
        }
    }

    /// The elements in place, for the time of `body`.
    public func withMutableSpan<Result>(_ body: (inout MutableSpan<Float>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) {
            var span = MutableSpan(_unsafeElements: UnsafeMutableBufferPointer(start: base, count: count))
            return try body(&span)
        }
    }

    /// Sets every element.
    public func fill(_ value: Float) {
        withExtendedLifetime(self) { base.update(repeating: value, count: count) }
    }

    /// Overwrites the elements with those of `other`, which has as many (precondition).
    public func copy(from other: Tensor) {
        precondition(count == other.count, "copy of \(other.shape) into \(shape)")
        withExtendedLifetime((self, other)) { base.update(from: other.base, count: count) }
    }

    /// The same memory under another shape of as many elements (precondition).
    public func reshaped(_ shape: [Int]) -> Tensor { Tensor(viewOf: self, shape: shape) }
}
