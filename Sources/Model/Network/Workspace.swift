import Kernels

/// What a network needs to run: a compute context, views of its parameters and gradients, and activation memory.
final class Workspace {
    let context: ComputeContext
    let buffers = BufferPool()
    private let values: [Tensor]
    private let gradients: [Tensor]
    /// Whether a forward pass keeps the activations that its backward pass needs.
    var keepsActivations = true
    /// Where the next dropout layer draws its mask; nil switches dropout off.
    var dropout: CounterRandom?
    /// Told of what each layer with parameters computed, and of one of those parameters, in the order of a forward pass.
    var onOutput: ((_ output: Tensor, _ parameter: ParameterSlot) -> Void)?

    /// - Parameters:
    ///   - parameters: all parameters, flat.
    ///   - gradients: all gradients, flat; layers add to them.
    init(layout: ParameterLayout, parameters: Tensor, gradients: Tensor, context: ComputeContext) {
        self.context = context
        values = layout.entries.map { Tensor(viewOf: parameters, offset: $0.offset, shape: $0.shape) }
        self.gradients = layout.entries.map { Tensor(viewOf: gradients, offset: $0.offset, shape: $0.shape) }
    }

    func value(_ slot: ParameterSlot) -> Tensor { values[slot.index] }
    func gradient(_ slot: ParameterSlot) -> Tensor { gradients[slot.index] }

    /// Floats, contents undefined.
    func buffer(_ shape: [Int]) -> Tensor { buffers.tensor(shape, .float32) }

    /// Activations of `other`'s precision, contents undefined.
    func buffer(_ shape: [Int], like other: Tensor) -> Tensor { buffers.tensor(shape, other.precision) }

    /// The same of its shape.
    func buffer(like other: Tensor) -> Tensor { buffers.tensor(other.shape, other.precision) }

    /// The tensor itself, or a copy in another precision.
    func converted(_ tensor: Tensor, to precision: Precision) -> Tensor {
        guard tensor.precision != precision else { return tensor }
        let converted = buffers.tensor(tensor.shape, precision)
        context.convert(tensor, into: converted)
        return converted
    }

    /// Appends to what is saved for the backward pass, if there will be one.
    func keep<Saved>(_ activations: Saved, in saved: inout [Saved]) {
        if keepsActivations { saved.append(activations) }
    }

    /// The random numbers of one dropout layer: every layer of a step takes the next item.
    func nextDropout() -> CounterRandom? {
        defer { dropout?.item &+= 1 }
        return dropout
    }
}
