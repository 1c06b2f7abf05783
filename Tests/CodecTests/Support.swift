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

/// The expected error and the tensors' bytes of every choice of widths, a branch cut where `fits` refuses what it has so far.
func eachChoice(
    of table: ErrorTable, accepted: ClosedRange<Int>, fits: (_ error: Double, _ bytes: Int) -> Bool,
    _ body: (_ error: Double, _ bytes: Int) -> Void
) {
    func search(_ tensor: Int, _ error: Double, _ bytes: Int) {
        guard fits(error, bytes) else { return }
        guard tensor < table.tensors.count else { return body(error, bytes) }
        let line = table.tensors[tensor]
        for bits in accepted {
            search(tensor + 1, error + line.expectedError(bits: bits), bytes + line.codedBytes(bits: bits))
        }
    }
    search(0, 0, 0)
}

/// The frame's bytes that belong to no tensor.
func bytesBeside(tensorsOf table: ErrorTable) -> Int {
    table.summary.codedBytes(bits: 8) - table.tensors.reduce(0) { $0 + $1.codedBytes(bits: 8) }
}

extension ErrorTable {
    /// The coding of `bits` bits, 32 being exact.
    func testCoding(bits: Int) throws -> UpdateCoding { bits == 32 ? exactCoding : try coding(bits: bits) }

    /// The table as one of levels.
    var ofLevels: LevelErrorTable? { if case .levels(let table) = self { table } else { nil } }

    /// The table as one of a lattice.
    var ofLattice: LatticeErrorTable? { if case .lattice(let table) = self { table } else { nil } }
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

    func table(grid: LevelGrid = .paper, groupSize: Int = 0, threads: Int = 1) throws -> ErrorTable {
        try ErrorTable(
            values, layout: layout, quantizer: .levels(grid, groupSize: groupSize), threads: threads)
    }
}
