import Kernels

/// Memory of activations, used again as soon as nothing refers to it: fresh pages would cost more than many a layer.
final class ActivationMemory {
    private var buffers: [Tensor] = []

    /// A tensor with undefined values. Its memory is free for the next one when it is let go.
    func tensor(_ shape: [Int]) -> Tensor {
        let count = shape.reduce(1, *)
        var best: Int?
        for index in buffers.indices where buffers[index].count >= count && isKnownUniquelyReferenced(&buffers[index]) {
            if let found = best, buffers[found].count <= buffers[index].count { continue }
            best = index
        }
        if best == nil { buffers.append(Tensor(shape: [count])) }
        return Tensor(viewOf: buffers[best ?? buffers.count - 1], shape: shape)
    }
}
