import Codec
import Kernels
import Testing

/// Sizes of frames before their values are known.
@Suite struct LatticeForecastTests {
    private static let layout = ParameterLayout([
        ("large", [300, 200]), ("middle", [90, 90]), ("small", [40, 40]), ("bias", [64]),
    ])

    /// Values of several distributions; `scales` makes tensors of unequal sizes.
    private func sample(_ draw: (inout CounterGenerator) -> Double, scales: [Double]) -> Tensor {
        var random = CounterRandom(seed: 3, stream: .initialization).generator()
        var values: [Float] = []
        for (entry, scale) in zip(Self.layout.entries, scales) {
            values += (0..<entry.count).map { _ in Float(scale * draw(&random)) }
        }
        return Tensor(shape: [Self.layout.parameterCount], values: values)
    }

    @Test(arguments: LatticeRounding.allCases) func noUpdateTakesMoreThanItsForecast(rounding: LatticeRounding) throws {
        let draws: [(inout CounterGenerator) -> Double] = [
            { $0.nextNormal() }, { 2 * $0.nextUniform() - 1 }, { $0.nextUniform() < 0.5 ? -1 : 1 },
            { $0.nextNormal() * $0.nextNormal() },
        ]
        for (index, draw) in draws.enumerated() {
            for scales in [[1, 1, 1, 1], [1, 0.3, 1.5, 0.1]] {
                let values = sample(draw, scales: scales)
                let table = try ErrorTable(values, layout: Self.layout, quantizer: .lattice(rounding))
                let forecast = table.summary.sized(forUnknownValuesOf: Self.layout, quantizer: .lattice(rounding))
                #expect(forecast.expectedErrors == table.summary.expectedErrors)
                for bits in CodeWidths.all {
                    let coding = try table.coding(bits: bits)
                    let frame = UpdateFrame.encode(values, as: coding, binding: FrameBinding(), seed: 1)
                    #expect(UpdateFrame.encodedBytes(values, as: coding, binding: FrameBinding(), seed: 1) == frame.count)
                    #expect(frame.count <= forecast.codedBytes(bits: bits), "draw \(index), \(bits) bits, \(scales)")
                    if index == 0, scales[1] == 1 { #expect(Double(frame.count) > 0.9 * Double(forecast.codedBytes(bits: bits))) }
                }
            }
        }
    }

    @Test func levelsTakeWhatTheyTake() throws {
        let values = sample({ $0.nextNormal() }, scales: [1, 1, 1, 1])
        for grid in LevelGrid.allCases {
            let summary = try ErrorTable(values, layout: Self.layout, quantizer: .levels(grid)).summary
            #expect(summary.sized(forUnknownValuesOf: Self.layout, quantizer: .levels(grid)) == summary)
        }
    }
}
