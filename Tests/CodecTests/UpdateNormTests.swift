import Codec
import Kernels
import Testing

@Suite struct UpdateNormTests {
    /// Two tensors above a block, the second not a multiple of eight, and a scalar.
    private static let layout = ParameterLayout([("w", [200, 100]), ("v", [17_003]), ("s", [])])
    private let global = Tensor(shape: [layout.parameterCount], values: normalValues(layout.parameterCount, seed: 1))
    private let values = Tensor(shape: [layout.parameterCount], values: normalValues(layout.parameterCount, seed: 2))

    private func frame(_ quantizer: Quantizer, bits: Int, _ payload: PayloadKind) throws -> UpdateFrame {
        let table = try ErrorTable(values, layout: Self.layout, quantizer: quantizer)
        return try UpdateFrame(
            UpdateFrame.encode(
                values, as: table.testCoding(bits: bits), binding: FrameBinding(device: 3, payload: payload), seed: 5))
    }

    @Test(
        arguments: [
            (Quantizer.levels(.paper), 6), (.levels(.zero), 2), (.levels(.zero), 32), (.lattice(.dithered), 4),
        ], PayloadKind.allCases)
    func theNormIsThatOfTheDecodedUpdate(_ kind: (quantizer: Quantizer, bits: Int), payload: PayloadKind) throws {
        let frame = try frame(kind.quantizer, bits: kind.bits, payload)
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
        #expect(try frame(.levels(.zero), bits: 32, .weights).updateNorm(global: values) == 0)
    }
}
