import Codec
import Kernels
import Testing

@Suite struct RobustAccumulatorTests {
    /// Two tensors above a block, the second not a multiple of eight, an empty one and a scalar.
    private static let layout = ParameterLayout([("w", [200, 100]), ("v", [17_003]), ("none", [0, 2]), ("s", [])])
    private let global = Tensor(shape: [layout.parameterCount], values: normalValues(layout.parameterCount, seed: 1))

    /// Updates whose grids and widths differ, with zeros of both signs among their values.
    private func frames(_ count: Int, payload: PayloadKind = .weights) throws -> [UpdateFrame] {
        try (0..<count).map { device in
            var values = normalValues(Self.layout.parameterCount, seed: UInt64(20 + device))
            for index in stride(from: 0, to: 2000, by: 3) { values[index] = (index + device) % 2 == 0 ? 0 : -0.0 }
            let grid: LevelGrid = device % 2 == 0 ? .paper : .zero
            let tensor = Tensor(shape: [values.count], values: values)
            let table = try ErrorTable(
                tensor, layout: Self.layout, quantizer: .levels(grid, groupSize: device % 3 * 32))
            let coding = try table.testCoding(bits: [32, 8, 3, 32][device % 4])
            let binding = FrameBinding(round: 1, device: UInt32(device), payload: payload)
            return try UpdateFrame(UpdateFrame.encode(tensor, as: coding, binding: binding, seed: 3))
        }
    }

    private func mean(
        _ frames: [UpdateFrame], trimFraction: Double, payload: PayloadKind = .weights, threads: Int = 1
    ) throws -> [Float] {
        var accumulator = RobustAccumulator(
            global: global, layout: Self.layout, payload: payload, trimFraction: trimFraction)
        for (index, frame) in frames.enumerated() { try accumulator.add(frame, weight: 1 + index, threads: threads) }
        #expect(accumulator.frameCount == frames.count)
        let result = Tensor(shape: [Self.layout.parameterCount])
        accumulator.mean(global: global, into: result, threads: threads)
        return result.values
    }

    private func decoded(_ frame: UpdateFrame) -> [Float] {
        let values = Tensor(shape: [Self.layout.parameterCount])
        frame.decode(into: values)
        return values.values
    }

    /// Odd and even numbers of devices, those too few to leave anything out, and what is left out of them on either side.
    @Test(
        arguments: [
            (1, 0.5, 0), (2, 0.5, 0), (2, 0.1, 0), (3, 0.5, 1), (3, 0.1, 1), (4, 0.5, 1), (5, 0.5, 2), (5, 0.2, 1), (6, 0.5, 2),
            (6, 0.34, 2), (7, 0.25, 2),
        ], PayloadKind.allCases)
    func meansAreThoseOfSortedValues(_ problem: (devices: Int, fraction: Double, trim: Int), payload: PayloadKind) throws {
        let frames = try frames(problem.devices, payload: payload)
        let rows = frames.map(decoded)
        let result = try mean(frames, trimFraction: problem.fraction, payload: payload)
        let expected = (0..<global.count).map { index in
            let kept = rows.map { $0[index] }.sorted()[problem.trim..<(problem.devices - problem.trim)]
            let mean = kept.reduce(0.0) { $0 + Double($1) } / Double(problem.devices - 2 * problem.trim)
            return Float(payload == .change ? Double(global[index]) + mean : mean)
        }
        #expect(result == expected)
    }

    @Test func everyOrderAndThreadCountGivesTheSameBits() throws {
        let frames = try frames(6)
        for fraction in [0.5, 0.2] {
            let reference = try mean(frames, trimFraction: fraction).map(\.bitPattern)
            var generator = CounterRandom(seed: 9, stream: .selection).generator()
            for trial in 0..<6 {
                let shuffled = frames.shuffled(using: &generator)
                #expect(
                    try mean(shuffled, trimFraction: fraction, threads: 1 + trial % 2).map(\.bitPattern) == reference)
            }
        }
    }

    /// `0.28 * 25` is a little more than 7 in Double.
    @Test(arguments: [(10, 0.1, 1), (11, 0.1, 2), (10, 0.3, 3), (25, 0.28, 7), (50, 0.14, 7), (9, 0.01, 1)])
    func sharesBecomeWholeNumbers(devices: Int, fraction: Double, trim: Int) throws {
        let layout = ParameterLayout([("w", [1])])
        let base = Tensor(shape: [1], values: [60])
        var accumulator = RobustAccumulator(global: base, layout: layout, payload: .weights, trimFraction: fraction)
        let values = (0..<devices).map { Float($0 * $0) }
        for (device, value) in values.enumerated() {
            let tensor = Tensor(shape: [1], values: [value])
            let table = try ErrorTable(tensor, layout: layout, quantizer: .levels(.paper))
            let binding = FrameBinding(device: UInt32(device))
            try accumulator.add(
                UpdateFrame(UpdateFrame.encode(tensor, as: table.exactCoding, binding: binding, seed: 0)), weight: 1)
        }
        let mean = Tensor(shape: [1])
        accumulator.mean(global: base, into: mean)
        let kept = values[trim..<(devices - trim)]
        #expect(mean[0] == Float(kept.reduce(0.0) { $0 + Double($1) } / Double(kept.count)))
    }

    @Test func refusedFramesAreNotKept() throws {
        let frames = try frames(3)
        var accumulator = RobustAccumulator(global: global, layout: Self.layout, payload: .weights, trimFraction: 0.5)
        for frame in frames { try accumulator.add(frame, weight: 1) }
        let change = try self.frames(1, payload: .change)[0]
        #expect(throws: AggregationError.wrongPayload(found: .change, expected: .weights)) {
            try accumulator.add(change, weight: 1)
        }
        let small = SmallModel()
        let other = try UpdateFrame(
            UpdateFrame.encode(small.values, as: try small.table().exactCoding, binding: FrameBinding(), seed: 0))
        #expect(throws: AggregationError.layoutMismatch) { try accumulator.add(other, weight: 1) }
        let wild = Tensor(shape: [global.count], values: [Float](repeating: 1e6, count: global.count))
        let table = try ErrorTable(wild, layout: Self.layout, quantizer: .levels(.paper))
        let bytes = UpdateFrame.encode(wild, as: table.exactCoding, binding: FrameBinding(device: 9), seed: 0)
        let error = #expect(throws: AggregationError.self) { try accumulator.add(UpdateFrame(bytes), weight: 1) }
        guard case .magnitudeOutOfRange("w", 1e6, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let result = Tensor(shape: [global.count])
        accumulator.mean(global: global, into: result)
        #expect(try result.values == mean(frames, trimFraction: 0.5))
    }
}
