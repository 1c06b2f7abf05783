import Codec
import Kernels
import Testing

@Suite struct StochasticRoundingTests {
    private func decoded(
        _ values: [Float], grid: LevelGrid, bits: Int, groupSize: Int = 0, round: UInt32 = 0, threads: Int = 1
    ) throws -> [Float] {
        let tensor = Tensor(shape: [values.count], values: values)
        let table = try ErrorTable(
            tensor, layout: ParameterLayout([("w", [values.count])]),
            quantizer: .levels(grid, groupSize: groupSize))
        let bytes = try UpdateFrame.encode(
            tensor, as: table.coding(bits: bits), binding: FrameBinding(round: round), seed: 5, threads: threads)
        let result = Tensor(shape: [values.count])
        try UpdateFrame(bytes, threads: threads).decode(into: result, threads: threads)
        return result.values
    }

    /// Each value's mean over many rounds is standardised by its exact standard deviation; the sum of these z is normal, and their
    /// squares sum to the number of values.
    @Test(arguments: LevelGrid.allCases, 2...8)
    func roundingIsUnbiased(grid: LevelGrid, bits: Int) throws {
        let values = normalValues(400, seed: 21, scale: 0.1)
        let rounds = 300
        var sums = [Double](repeating: 0, count: values.count)
        var lows = [Float](repeating: .infinity, count: values.count)
        var highs = [Float](repeating: -.infinity, count: values.count)
        for round in 0..<rounds {
            for (index, value) in try decoded(values, grid: grid, bits: bits, round: UInt32(round)).enumerated() {
                sums[index] += Double(value)
                lows[index] = min(lows[index], value)
                highs[index] = max(highs[index], value)
            }
        }
        var scores: [Double] = []
        for (index, value) in values.enumerated() where lows[index] < highs[index] {
            let variance = (Double(value) - Double(lows[index])) * (Double(highs[index]) - Double(value))
            guard variance > 1e-3 * Double(highs[index] - lows[index]) * Double(highs[index] - lows[index]) else { continue }
            scores.append((sums[index] / Double(rounds) - Double(value)) / (variance / Double(rounds)).squareRoot())
        }
        #expect(scores.count > 200)
        let count = Double(scores.count)
        #expect(abs(scores.reduce(0, +)) <= 4 * count.squareRoot())
        #expect(abs(scores.reduce(0) { $0 + $1 * $1 } - count) <= 5 * (2 * count).squareRoot())
    }

    @Test(arguments: LevelGrid.allCases, 2...8)
    func groupsWithOneMagnitudeAndZerosAreExact(grid: LevelGrid, bits: Int) throws {
        for magnitude: Float in [0.3, 1, 1e-30, .leastNonzeroMagnitude, 3 * .leastNonzeroMagnitude, 1e38] {
            let values = (0..<70).map { [magnitude, 0, -magnitude, -0.0][$0 % 4] }
            #expect(try decoded(values, grid: grid, bits: bits) == values.map { $0 == 0 ? 0 : $0 })
        }
        #expect(try decoded(Array(repeating: 0, count: 9), grid: grid, bits: bits) == Array(repeating: 0, count: 9))
    }

    /// Each result is one of the two levels around its value, even where the step is subnormal or the range spans all exponents.
    @Test(arguments: LevelGrid.allCases, 2...8)
    func extremeGroupsStayWithinOneStep(grid: LevelGrid, bits: Int) throws {
        let tiny = Float.leastNonzeroMagnitude
        let groups: [[Float]] = [
            [tiny, 2 * tiny, 100 * tiny, -37 * tiny, 0], [tiny, 1e38, -1e20, 1], [1, 1.000_000_1, -1.000_000_2],
            [0x1.fffffep126, -0x1p126, tiny], [.leastNormalMagnitude, tiny, .leastNormalMagnitude / 3],
        ]
        let grid = grid.resolved(bits: bits)
        let levels = Double((1 << (bits - 1)) - 1 - (grid == .paper ? 1 : 0))
        for group in groups {
            let magnitudes = group.map { Double($0.magnitude) }.filter { $0 > 0 }
            let lowest = grid == .paper ? magnitudes.min()! : 0
            let step = max((magnitudes.max()! - lowest) / levels * 1.000_001, Double(magnitudes.max()!.ulp), Double(tiny))
            for round: UInt32 in 0..<20 {
                for (value, result) in zip(group, try decoded(group, grid: grid, bits: bits, round: round)) {
                    #expect(result.isFinite)
                    #expect(abs(Double(value) - Double(result)) <= step + Double(value.ulp))
                    #expect(value == 0 ? result == 0 : result == 0 || (result < 0) == (value < 0))
                }
            }
        }
    }

    @Test func framesDoNotDependOnThreads() throws {
        let values = Tensor(shape: [50_001], values: normalValues(50_001, seed: 6))
        let layout = ParameterLayout([("a", [20_000]), ("b", [30_001])])
        for (groupSize, bits) in [(0, 5), (100, 7), (0, 32)] {
            let frames = try (1...2).map { threads in
                let table = try ErrorTable(
                    values, layout: layout, quantizer: .levels(.paper, groupSize: groupSize), threads: threads)
                return try UpdateFrame.encode(
                    values, as: table.testCoding(bits: bits), binding: FrameBinding(), seed: 1, threads: threads)
            }
            #expect(frames[0] == frames[1])
        }
    }

    @Test func everyTensorAndRoundRoundsDifferently() throws {
        let values = normalValues(256, seed: 30)
        let twice = Tensor(shape: [512], values: values + values)
        let layout = ParameterLayout([("a", [256]), ("b", [256])])
        let table = try ErrorTable(twice, layout: layout, quantizer: .levels(.paper))
        func decode(_ binding: FrameBinding, seed: UInt64) throws -> [Float] {
            let result = Tensor(shape: [512])
            let bytes = try UpdateFrame.encode(twice, as: table.coding(bits: 4), binding: binding, seed: seed)
            try UpdateFrame(bytes).decode(into: result)
            return result.values
        }
        let base = try decode(FrameBinding(round: 1, device: 1), seed: 1)
        #expect(base[..<256] != base[256...])
        #expect(try base != decode(FrameBinding(round: 2, device: 1), seed: 1))
        #expect(try base != decode(FrameBinding(round: 1, device: 2), seed: 1))
        #expect(try base != decode(FrameBinding(round: 1, device: 1), seed: 2))
        #expect(try base == decode(FrameBinding(round: 1, device: 1), seed: 1))
    }
}
