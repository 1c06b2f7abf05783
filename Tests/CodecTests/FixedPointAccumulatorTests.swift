import Codec
import Kernels
import TestSupport
import Testing

@Suite struct FixedPointAccumulatorTests {
    /// Devices whose updates, grids, widths and weights all differ.
    private struct Device {
        let values: Tensor
        let weight: Int
        let frame: UpdateFrame
    }

    private let global = SmallModel(seed: 1)

    private func devices(payload: PayloadKind = .weights) throws -> [Device] {
        try [8, 32, 2, 6, 3].enumerated().map { index, bits in
            let model = SmallModel(seed: UInt64(10 + index), scale: 0.1 + 0.02 * Float(index))
            let table = try model.table(grid: index % 2 == 0 ? .paper : .zero, groupSize: index % 3 * 10)
            let binding = FrameBinding(round: 1, device: UInt32(index), payload: payload)
            let bytes = UpdateFrame.encode(model.values, as: try table.testCoding(bits: bits), binding: binding, seed: 3)
            return Device(values: model.values, weight: 17 + 101 * index * index, frame: try UpdateFrame(bytes))
        }
    }

    private func mean(_ devices: [Device], payload: PayloadKind = .weights, threads: Int = 1) throws -> [Float] {
        var accumulator = FixedPointAccumulator(
            global: global.values, layout: global.layout, payload: payload, weightLimit: 100_000)
        for device in devices { try accumulator.add(device.frame, weight: device.weight, threads: threads) }
        #expect(accumulator.frameCount == devices.count)
        #expect(accumulator.totalWeight == devices.reduce(0) { $0 + $1.weight })
        let result = Tensor(shape: [global.layout.parameterCount])
        accumulator.mean(global: global.values, into: result, threads: threads)
        return result.values
    }

    /// The weighted mean of the decoded frames in Double.
    private func exactMean(_ devices: [Device]) -> [Double] {
        let total = Double(devices.reduce(0) { $0 + $1.weight })
        var sums = [Double](repeating: 0, count: global.layout.parameterCount)
        let decoded = Tensor(shape: [global.layout.parameterCount])
        for device in devices {
            device.frame.decode(into: decoded)
            for index in sums.indices { sums[index] += Double(device.weight) * Double(decoded[index]) }
        }
        return sums.map { $0 / total }
    }

    @Test func meanIsTheWeightedMeanOfTheDecodedFrames() throws {
        let devices = try devices()
        let exact = exactMean(devices)
        for (result, mean) in zip(try mean(devices), exact) {
            #expect(abs(Double(result) - mean) <= abs(mean) * 0x1p-24 + 1e-12)
        }
    }

    @Test func aCopyGoesItsOwnWay() throws {
        let devices = try devices()
        func accumulator(_ devices: some Sequence<Device>) throws -> FixedPointAccumulator {
            var sum = FixedPointAccumulator(global: global.values, layout: global.layout, payload: .weights, weightLimit: 100_000)
            for device in devices { try sum.add(device.frame, weight: device.weight) }
            return sum
        }
        func values(_ sum: FixedPointAccumulator) -> [Float] {
            let result = Tensor(shape: [global.layout.parameterCount])
            sum.mean(global: global.values, into: result)
            return result.values
        }
        let original = try accumulator(devices.prefix(2))
        var copy = original
        try copy.add(devices[2].frame, weight: devices[2].weight)
        #expect(values(original) == values(try accumulator(devices.prefix(2))))
        #expect(values(copy) == values(try accumulator(devices.prefix(3))))
        #expect(values(copy) != values(original))
    }

    @Test func changesAreAddedToTheGlobalModel() throws {
        let devices = try devices(payload: .change)
        let exact = exactMean(devices)
        for (index, result) in try mean(devices, payload: .change).enumerated() {
            let expected = Double(global.values[index]) + exact[index]
            #expect(abs(Double(result) - expected) <= abs(expected) * 0x1p-24 + 1e-12)
        }
    }

    @Test func everyOrderAndThreadCountGivesTheSameBits() throws {
        let devices = try devices()
        let reference = try mean(devices).map(\.bitPattern)
        var generator = CounterRandom(seed: 9, stream: .selection).generator()
        for trial in 0..<20 {
            #expect(try mean(devices.shuffled(using: &generator), threads: 1 + trial % 2).map(\.bitPattern) == reference)
        }
    }

    @Test func aSingleRawFrameComesBackExactly() throws {
        let device = try devices()[1]
        #expect(try mean([device]) == device.values.values)
    }

    /// The largest magnitude that is accepted, at the weight limit, with both signs, does not overflow.
    @Test(arguments: [1, 2, 3, 1 << 16, (1 << 16) + 1, (1 << 31) - 1, 1 << 31])
    func theSumStaysInRange(weightLimit: Int) throws {
        let layout = ParameterLayout([("w", [9])])
        let base = Tensor(shape: [9], values: [Float](repeating: 0.75, count: 9))
        let extreme = Tensor(shape: [9], values: (0..<9).map { $0 % 2 == 0 ? 48 : -48 })
        let table = try ErrorTable(extreme, layout: layout, quantizer: .levels(.paper))
        let bytes = UpdateFrame.encode(extreme, as: table.exactCoding, binding: FrameBinding(), seed: 0)
        var accumulator = FixedPointAccumulator(global: base, layout: layout, payload: .weights, weightLimit: weightLimit)
        try accumulator.add(UpdateFrame(bytes), weight: weightLimit)
        let mean = Tensor(shape: [9])
        accumulator.mean(global: base, into: mean)
        #expect(mean.values == extreme.values)
    }

    @Test func refusedFramesLeaveTheSumUnchanged() throws {
        let devices = try devices()
        var accumulator = FixedPointAccumulator(
            global: global.values, layout: global.layout, payload: .weights, weightLimit: 200)
        try accumulator.add(devices[0].frame, weight: 17)
        let diverged = SmallModel(seed: 4, scale: 60)
        let bytes = UpdateFrame.encode(
            diverged.values, as: try diverged.table().coding(bits: 8), binding: FrameBinding(), seed: 0)
        let divergedFrame = try UpdateFrame(bytes)
        #expect(throws: AggregationError.self) { try accumulator.add(divergedFrame, weight: 1) }
        #expect(throws: AggregationError.weightOutOfRange(weight: 184, total: 17, limit: 200)) {
            try accumulator.add(devices[1].frame, weight: 184)
        }
        #expect(throws: AggregationError.weightOutOfRange(weight: 0, total: 17, limit: 200)) {
            try accumulator.add(devices[1].frame, weight: 0)
        }
        let change = try self.devices(payload: .change)[0].frame
        #expect(throws: AggregationError.wrongPayload(found: .change, expected: .weights)) {
            try accumulator.add(change, weight: 1)
        }
        let other = try UpdateFrame(GoldenFrameTests.golden("paper6.frame"))
        #expect(throws: AggregationError.self) { try accumulator.add(other, weight: 1) }
        let result = Tensor(shape: [global.layout.parameterCount])
        accumulator.mean(global: global.values, into: result)
        #expect(try result.values == mean([devices[0]]))
    }

    /// A group's bound on its magnitudes stays near its values: frames of values like the global model's are accepted.
    @Test(arguments: LevelGrid.allCases, 2...8)
    func groupsOfOneValueAreAccepted(grid: LevelGrid, bits: Int) throws {
        let table = try global.table(grid: grid, groupSize: 1)
        let bytes = try UpdateFrame.encode(
            global.values, as: table.coding(bits: bits), binding: FrameBinding(), seed: 0)
        var accumulator = FixedPointAccumulator(
            global: global.values, layout: global.layout, payload: .weights, weightLimit: 3)
        try accumulator.add(UpdateFrame(bytes), weight: 3)
        let mean = Tensor(shape: [global.layout.parameterCount])
        accumulator.mean(global: global.values, into: mean)
        #expect(mean.values == global.values.values)
    }

    @Test func tensorsThatAreStillZeroCanBeAveraged() throws {
        let layout = ParameterLayout([("weight", [4]), ("bias", [2])])
        let base = Tensor(shape: [6], values: [1, -2, 3, 1, 0, 0])
        let update = Tensor(shape: [6], values: [1, -2, 3, 1, 0.001, -0.002])
        let table = try ErrorTable(update, layout: layout, quantizer: .levels(.paper))
        let bytes = UpdateFrame.encode(update, as: table.exactCoding, binding: FrameBinding(), seed: 0)
        var accumulator = FixedPointAccumulator(global: base, layout: layout, payload: .weights, weightLimit: 50)
        try accumulator.add(UpdateFrame(bytes), weight: 50)
        let mean = Tensor(shape: [6])
        accumulator.mean(global: base, into: mean)
        #expect(isClose(mean.values, update.values, tolerance: 1e-7))
    }
}
