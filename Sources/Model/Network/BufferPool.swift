import Kernels

/// Activation memory that is used again: a buffer returns by itself when the last tensor that views it is gone.
///
/// Buffers lie in one range of places, each in the first gap that holds it, so memory follows what is in use at once. `settle` takes the
/// range that the passes so far needed in one piece; beyond it buffers have separate memory. Passes that ask for the same sizes in the
/// same order allocate nothing.
final class BufferPool {
    private struct Block {
        let places: Range<Int>
        var memory: Tensor
    }

    /// Buffers in use, by their places.
    private var blocks: [Block] = []
    private var arena = Tensor(shape: [0])
    /// Places that the passes needed so far.
    private var extent = 0
    /// Pieces of memory taken from the system since the beginning.
    private(set) var allocations = 0

    /// Whole cache lines, of 16 places: a place is a float or two bfloat16.
    private static let granularity = 16
    private static let granuleBytes = 64

    /// Bytes of the range that the passes needed so far.
    var bytes: Int { extent * MemoryLayout<Float>.stride }

    /// A tensor of the given shape, contents undefined.
    func tensor(_ shape: [Int], _ precision: Precision) -> Tensor {
        for index in blocks.indices.reversed() where isKnownUniquelyReferenced(&blocks[index].memory) {
            blocks.remove(at: index)
        }
        let granules = (shape.reduce(1, *) * precision.bytes + Self.granuleBytes - 1) / Self.granuleBytes
        let (index, places) = firstGap(granules * Self.granularity)
        extent = max(extent, places.upperBound)
        let memory = memory(places)
        blocks.insert(Block(places: places, memory: memory), at: index)
        return Tensor(viewOf: memory, shape: shape, precision: precision)
    }

    /// Between passes: takes the memory that the last ones needed in one piece.
    func settle() {
        guard extent > arena.count else { return }
        blocks = []
        arena = Tensor(shape: [0])
        arena = Tensor(shape: [extent])
        allocations += 1
    }

    /// Forgets the passes so far, for a change of batch size, and makes room for one that needs `bytes`.
    func reset(bytes: Int) { (blocks, arena, extent) = ([], Tensor(shape: [0]), bytes / MemoryLayout<Float>.stride) }

    /// Where `count` places are free, and the index of a block there.
    private func firstGap(_ count: Int) -> (index: Int, places: Range<Int>) {
        var end = 0
        for (index, block) in blocks.enumerated() {
            if block.places.lowerBound - end >= count { return (index, end..<(end + count)) }
            end = block.places.upperBound
        }
        return (blocks.count, end..<(end + count))
    }

    private func memory(_ places: Range<Int>) -> Tensor {
        if places.upperBound <= arena.count {
            return Tensor(viewOf: arena, offset: places.lowerBound, shape: [places.count])
        }
        allocations += 1
        return Tensor(shape: [places.count])
    }
}
