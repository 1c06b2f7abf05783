/// Names, shapes and places of a model's tensors in one flat float32 buffer, in checkpoint order.
///
/// Weights keep the checkpoint's own layout: convolutions (O, I, H, W), linear layers (O, I). Kernels repack what they need.
public struct ParameterLayout: Sendable, Equatable {
    /// A tensor's name, shape and place.
    public struct Entry: Sendable, Equatable {
        /// The tensor's checkpoint name, e.g. `down_blocks.0.resnets.0.conv1.weight`.
        public let name: String
        /// The name of the layer that the tensor belongs to, e.g. `down_blocks.0.resnets.0.conv1`.
        package var layer: String { name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name }
        /// Its extents.
        public let shape: [Int]
        /// First element in the flat buffer.
        public let offset: Int
        /// Number of elements.
        public let count: Int
        /// The elements' indices in the flat buffer.
        public var range: Range<Int> { offset..<(offset + count) }
    }

    /// In checkpoint order.
    public let entries: [Entry]
    /// Elements of all tensors together.
    public let parameterCount: Int

    /// Places the tensors one after another in the given order.
    public init(_ tensors: [(name: String, shape: [Int])]) {
        var offset = 0
        entries = tensors.map { tensor in
            let entry = Entry(
                name: tensor.name, shape: tensor.shape, offset: offset, count: tensor.shape.reduce(1, *))
            offset += entry.count
            return entry
        }
        parameterCount = offset
    }
}
