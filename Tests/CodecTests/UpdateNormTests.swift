import Codec
import Kernels
import Testing

@Suite struct UpdateNormTests {
    /// Two tensors above a block, the second not a multiple of eight, and a scalar.
    private static let layout = ParameterLayout([("w", [200, 100]), ("v", [17_003]), ("s", [])])
    private let global = Tensor(shape: [layout.parameterCount], values: normalValues(layout.parameterCount, seed: 1))
    private let values = Tensor(shape: [layout.parameterCount], values: normalValues(layout.parameterCount, seed: 2))

    private func frame(_ grid: QuantizationGrid, _ coding: UpdateCoding, _ payload: PayloadKind) throws -> UpdateFrame {
        let table = try ErrorTable(values, layout: Self.layout, options: QuantizerOptions(grid: grid, groupSize: 0))
        return try UpdateFrame(
            encodeUpdate(values, table: table, coding: coding, binding: FrameBinding(device: 3, payload: payload), seed: 5))
    }

    @Test(
        arguments: [
            (QuantizationGrid.paper, UpdateCoding.quantized(bits: 6)), (.zero, .quantized(bits: 2)), (.zero, .float32),
            (.lattice, .lattice(step: 0.25)),
        ], PayloadKind.allCases)
    func theNormIsThatOfTheDecodedUpdate(_ kind: (grid: QuantizationGrid, coding: UpdateCoding), payload: PayloadKind) throws {
        let frame = try frame(kind.grid, kind.coding, payload)
        let decoded = Tensor(shape: [global.count])
        frame.decode(into: decoded)
        var squares = 0.0
        for index in 0..<global.count {
            let change = Double(decoded[index]) - (payload == .weights ? Double(global[index]) : 0)
            squares += change * change
        }
        let norm = frame.updateNorm(global: global)
        #expect(abs(norm / squares.squareRoot() - 1) < 1e-12)
        #expect(norm == frame.updateNorm(global: global, threads: 2))
    }

    @Test func anUpdateThatChangesNothingHasNormZero() throws {
        #expect(try frame(.zero, .float32, .weights).updateNorm(global: values) == 0)
    }
}
