import Codec
import Kernels
import Testing

@Suite struct FrameRoundTripTests {
    static let binding = FrameBinding(
        runID: 7, round: 3, device: 2, baseModel: ModelHash(low: 5, high: 6), payload: .change)

    @Test(arguments: 2...8, [0, 1, 7, 64, 256])
    func everyWidthAndGroupSizeDecodesWithinOneStep(bits: Int, groupSize: Int) throws {
        for grid in LevelGrid.allCases {
            let model = SmallModel()
            let table = try model.table(grid: grid, groupSize: groupSize)
            let bytes = try UpdateFrame.encode(
                model.values, as: table.coding(bits: bits), binding: Self.binding, seed: 9)
            #expect(bytes.count == table.summary.codedBytes(bits: bits))
            let frame = try UpdateFrame(bytes, limits: FrameLimits(expecting: model.layout))
            #expect(frame.header.binding == Self.binding)
            #expect(frame.header.layout == model.layout)
            #expect(frame.header.table == table.summary)
            #expect(frame.header.expectedError == table.summary.expectedError(bits: bits))
            let decoded = Tensor(shape: [model.layout.parameterCount])
            frame.decode(into: decoded)
            for entry in model.layout.entries {
                let largest = entry.range.reduce(Float(0)) { max($0, model.values[$1].magnitude) }
                let step = largest / Float(grid == .paper && bits > 2 ? (1 << (bits - 1)) - 2 : (1 << (bits - 1)) - 1)
                for index in entry.range {
                    #expect(abs(decoded[index] - model.values[index]) <= step * 1.0001)
                    if model.values[index] == 0 { #expect(decoded[index] == 0) }
                }
            }
        }
    }

    @Test func rawValuesComeBackExactly() throws {
        let model = SmallModel()
        let bytes = UpdateFrame.encode(
            model.values, as: try model.table().exactCoding, binding: Self.binding, seed: 9)
        let frame = try UpdateFrame(bytes, limits: FrameLimits(expecting: model.layout))
        let decoded = Tensor(shape: [model.layout.parameterCount])
        frame.decode(into: decoded)
        #expect(decoded.values == model.values.values)
        #expect(frame.header.expectedError == 0)
    }

    @Test func aFrameOfAnotherRunIsRefused() throws {
        let model = SmallModel()
        let bytes = UpdateFrame.encode(
            model.values, as: try model.table().coding(bits: 6), binding: Self.binding, seed: 9)
        let frame = try UpdateFrame(bytes)
        try frame.verify(Self.binding)
        var other = Self.binding
        other.round = 4
        #expect(throws: FrameError.bindingMismatch(field: "round", found: "3", expected: "4")) { try frame.verify(other) }
        #expect(throws: FrameError.self) { try frame.verify(FrameBinding()) }
    }
}
