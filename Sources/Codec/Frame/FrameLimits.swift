import Kernels

/// What a decoder checks before it allocates.
public struct FrameLimits: Sendable, Equatable {
    /// Bytes of the frame.
    public var frameBytes: Int
    /// Number of tensors.
    public var tensors: Int
    /// Values of all tensors together.
    public var parameters: Int
    /// Bytes that it carries beside its parameters, tensors of other types and metadata; 0 refuses a frame that carries anything.
    public var carriedBytes: Int
    /// Names and shapes that must be exactly these, or nil to accept any.
    public var layout: ParameterLayout?

    /// Generous limits for files: 4 GiB, 65,536 tensors, 2^30 parameters.
    public init(frameBytes: Int = 1 << 32, tensors: Int = 1 << 16, parameters: Int = 1 << 30, carriedBytes: Int = 1 << 32) {
        (self.frameBytes, self.tensors, self.parameters, self.carriedBytes) = (frameBytes, tensors, parameters, carriedBytes)
    }

    /// The limits of a receiver that knows the model: its layout, the size of its largest frame (raw values), and nothing besides.
    public init(expecting layout: ParameterLayout) {
        tensors = layout.entries.count
        parameters = layout.parameterCount
        frameBytes = FrameFormat.bytesBesideData(layout, version: .lattice) + 9 * parameters
        carriedBytes = 0
        self.layout = layout
    }

    /// Throws where no frame can hold tensors of these names and shapes.
    package static func verify(_ layout: ParameterLayout) throws(CodecError) { try FrameFormat.verify(layout) }

    /// Throws where a field's value is above its limit.
    static func require(_ field: String, _ value: some BinaryInteger, atMost limit: Int) throws(FrameError) {
        guard value <= limit else { throw .limitExceeded(field: field, value: UInt64(clamping: value), limit: limit) }
    }
}
