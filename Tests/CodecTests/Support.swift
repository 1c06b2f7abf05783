import Codec
import Kernels

/// Normal numbers, the same for the same seed.
func normalValues(_ count: Int, seed: UInt64, scale: Float = 1) -> [Float] {
    var generator = CounterRandom(seed: seed, stream: .initialization).generator()
    var values: [Float] = []
    values.reserveCapacity(count + 1)
    while values.count < count {
        let pair = generator.nextNormalPair()
        values += [Float(pair.0) * scale, Float(pair.1) * scale]
    }
    return Array(values.prefix(count))
}

/// Three tensors with shapes, sizes and scales that differ.
struct SmallModel {
    let layout = ParameterLayout([("conv.weight", [4, 3, 3, 3]), ("conv.bias", [4]), ("norm.scale", [])])
    let values: Tensor

    init(seed: UInt64 = 1, scale: Float = 0.1) {
        let weights = normalValues(108, seed: seed, scale: scale)
        let biases = [0, -0.25 * scale, 0.125 * scale, 0]
        values = Tensor(shape: [113], values: weights + biases + [scale])
    }

    func table(grid: QuantizationGrid = .paper, groupSize: Int = 0, threads: Int = 1) throws -> ErrorTable {
        try ErrorTable(
            values, layout: layout, options: QuantizerOptions(grid: grid, groupSize: groupSize), threads: threads)
    }
}
