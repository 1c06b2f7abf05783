import CKernels

/// A contiguous array of float32 with a shape, or of bfloat16 where it holds activations: owned memory, or a view into another tensor's
/// memory that it keeps alive.
///
/// Activations are channels-last, `(N, H, W, C)`: the layout that fused convolutions work on (docs/adr/0001-activation-layout.md).
/// Memory is 64-byte aligned and starts at zero. A reference type on purpose: a training step works in place on memory that is
/// planned once. Not `Sendable`: threads live below this level, inside the kernels.
public final class Tensor {
    /// Extents, the last one contiguous.
    public let shape: [Int]
    /// Number of elements.
    public let count: Int
    /// What the elements are stored as.
    public let precision: Precision
    // SAFETY: `memory` addresses `count` initialised elements, owned by `self` (owner == nil) or by `owner`, which `self` retains. Floats
    // are bound to Float and bfloat16 to UInt16; memory that holds views of both is used as one of them at a time.
    // Swift may free a tensor after its last mention, even while its pointer is in use: a parameter lives until its function
    // returns, a local tensor needs `withExtendedLifetime`.
    private let memory: UnsafeMutableRawPointer
    private let owner: Tensor?

    /// Zeros of the given shape. Every extent must be positive or zero (precondition).
    public init(shape: [Int], precision: Precision = .float32) {
        precondition(shape.allSatisfy { $0 >= 0 }, "negative extent in \(shape)")
        (self.shape, self.precision) = (shape, precision)
        count = shape.reduce(1, *)
        owner = nil
        // Zero bytes initialise elements of either precision; `deinit` gives the memory back.
        memory = ArrayMemory.allocate(bytes: max(count, 1) * precision.bytes)
    }

    /// The elements of a float32 tensor (precondition).
    package var base: UnsafeMutablePointer<Float> {
        precondition(precision == .float32, "a tensor of \(precision.rawValue) has no floats")
        return memory.assumingMemoryBound(to: Float.self)
    }

    /// The elements of a bfloat16 tensor (precondition), as bits.
    package var halves: UnsafeMutablePointer<UInt16> {
        precondition(precision == .bfloat16, "a tensor of \(precision.rawValue) has no bfloat16")
        return memory.assumingMemoryBound(to: UInt16.self)
    }

    /// A copy of `values` with the given shape; the counts must agree (precondition).
    public convenience init(shape: [Int], values: [Float]) {
        self.init(shape: shape)
        precondition(values.count == count, "\(values.count) values for shape \(shape)")
        values.withUnsafeBufferPointer { base.update(from: $0.baseAddress ?? UnsafePointer(base), count: count) }
    }

    /// A view of `shape` into `owner`, from its element `offset`; it must lie inside (precondition).
    ///
    /// - Parameter precision: of the view; nil for the owner's.
    public init(viewOf owner: Tensor, offset: Int = 0, shape: [Int], precision: Precision? = nil) {
        let (count, precision) = (shape.reduce(1, *), precision ?? owner.precision)
        let (place, bytes) = (offset * owner.precision.bytes, owner.count * owner.precision.bytes)
        precondition(offset >= 0 && count >= 0 && place + count * precision.bytes <= bytes, "view outside its owner")
        (self.shape, self.count, self.precision, self.owner) = (shape, count, precision, owner)
        memory = owner.memory + place
    }

    deinit { if owner == nil { ArrayMemory.deallocate(memory, bytes: max(count, 1) * precision.bytes) } }

    /// An element in row-major order; `index` must be less than `count` (precondition).
    public subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count)
            return precision == .float32 ? base[index] : Float(bitPattern: UInt32(halves[index]) << 16)
        }
        set {
            precondition(index >= 0 && index < count)
            if precision == .float32 { base[index] = newValue } else { halves[index] = gd_bf16_nearest(newValue) }
        }
    }

    /// The elements in row-major order, copied.
    public var values: [Float] {
        guard precision == .float32 else { return Tensor(copying: self, as: .float32).values }
        return withExtendedLifetime(self) { Array(UnsafeBufferPointer(start: base, count: count)) }
    }

    /// A copy in `precision`, rounded to the nearest where that has fewer digits.
    package convenience init(copying other: Tensor, as precision: Precision) {
        self.init(shape: other.shape, precision: precision)
        copy(from: other)
    }

    /// The elements of a float32 tensor without a copy, for the time of `body`.
    public func withSpan<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) {
            try body(Span(_unsafeElements: UnsafeBufferPointer(start: base, count: count)))
        }
    }

    /// The elements of a float32 tensor in place, for the time of `body`.
    public func withMutableSpan<Result>(_ body: (inout MutableSpan<Float>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) {
            var span = MutableSpan(_unsafeElements: UnsafeMutableBufferPointer(start: base, count: count))
            return try body(&span)
        }
    }

    /// Whether no element is infinite or not a number.
    package var isFinite: Bool { (0..<count).allSatisfy { self[$0].isFinite } }

    /// Sets every element.
    public func fill(_ value: Float) {
        withExtendedLifetime(self) {
            switch precision {
            case .float32: base.update(repeating: value, count: count)
            case .bfloat16: halves.update(repeating: gd_bf16_nearest(value), count: count)
            }
        }
    }

    /// Overwrites the elements with those of `other`, which has as many (precondition), rounded to the nearest where need be.
    public func copy(from other: Tensor) { copy(from: other, threads: 1) }

    /// The same on `threads` threads.
    package func copy(from other: Tensor, threads: Int32) {
        precondition(count == other.count, "copy of \(other.shape) into \(shape)")
        withExtendedLifetime((self, other)) {
            switch (precision, other.precision) {
            case (.float32, .float32): base.update(from: other.base, count: count)
            case (.bfloat16, .bfloat16): halves.update(from: other.halves, count: count)
            case (.bfloat16, .float32): _ = gd_bf16_from_f32__plain(Int64(count), other.base, halves, threads)
            case (.float32, .bfloat16): _ = gd_f32_from_bf16__plain(Int64(count), other.halves, base, threads)
            }
        }
    }

    /// The same memory under another shape of as many elements (precondition).
    public func reshaped(_ shape: [Int]) -> Tensor { Tensor(viewOf: self, shape: shape) }
}
