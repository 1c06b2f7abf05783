import Kernels

/// Activation memory that is used again: a buffer returns by itself when the last tensor that views it is gone.
///
/// A training step asks for the same sizes in the same order every time, so from the second step on nothing is allocated.
final class BufferPool {
    private var buffers: [Int: [Tensor]] = [:]

    /// A tensor of the given shape, contents undefined.
    func tensor(_ shape: [Int]) -> Tensor {
        let count = shape.reduce(1, *)
        var sameSize = buffers[count, default: []]
        buffers[count] = nil
        defer { buffers[count] = sameSize }
        for index in sameSize.indices where isKnownUniquelyReferenced(&sameSize[index]) {
            return Tensor(viewOf: sameSize[index], shape: shape)
        }
        let buffer = Tensor(shape: [count])
        sameSize.append(buffer)
        return Tensor(viewOf: buffer, shape: shape)
    }

    /// Gives back the memory of all buffers that nothing uses, for a change of batch size.
    func releaseUnused() {
        for count in Array(buffers.keys) {
            guard var sameSize = buffers.removeValue(forKey: count) else { continue }
            for index in sameSize.indices.reversed() where isKnownUniquelyReferenced(&sameSize[index]) {
                sameSize.remove(at: index)
            }
            if !sameSize.isEmpty { buffers[count] = sameSize }
        }
    }
}
