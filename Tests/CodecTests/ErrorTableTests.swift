import Codec
import Kernels
import Testing

@Suite struct ErrorTableTests {
    private func table(
        _ values: [Float], grid: LevelGrid = .paper, groupSize: Int = 0, threads: Int = 1
    ) throws -> ErrorTable {
        try ErrorTable(
            Tensor(shape: [values.count], values: values), layout: ParameterLayout([("w", [values.count])]),
            quantizer: .levels(grid, groupSize: groupSize), threads: threads)
    }

    /// `D = sum (|w| - m_l)(m_{l+1} - |w|)` from the paper's levels, in Double, level by level.
    private func definition(_ values: ArraySlice<Float>, grid: LevelGrid, bits: Int) -> Double {
        let magnitudes = values.map { Double($0.magnitude) }.filter { $0 > 0 }
        guard let smallest = magnitudes.min(), let largest = magnitudes.max(), smallest < largest else { return 0 }
        let count = (1 << (bits - 1)) - 1
        let levels =
            grid == .paper
            ? (0..<count).map { smallest + Double($0) * (largest - smallest) / Double(count - 1) }
            : (0...count).map { Double($0) * largest / Double(count) }
        return magnitudes.reduce(0.0) { sum, magnitude in
            let above = levels.firstIndex { $0 > magnitude } ?? levels.count - 1
            return sum + (magnitude - levels[above - 1]) * max(0, levels[above] - magnitude)
        }
    }

    @Test(arguments: LevelGrid.allCases, [0, 10, 64, 1000])
    func errorEqualsItsDefinition(grid: LevelGrid, groupSize: Int) throws {
        var values = normalValues(4001, seed: 3)
        for index in stride(from: 0, to: values.count, by: 17) { values[index] = 0 }
        let table = try table(values, grid: grid, groupSize: groupSize)
        let size = groupSize == 0 ? values.count : groupSize
        for bits in 2...8 {
            let exact = stride(from: 0, to: values.count, by: size).reduce(0.0) { sum, start in
                sum
                    + definition(
                        values[start..<min(start + size, values.count)], grid: grid.resolved(bits: bits), bits: bits)
            }
            #expect(abs(table.summary.expectedError(bits: bits) - exact) <= 2e-5 * exact, "\(bits) bits")
        }
        #expect(abs(table.summary.squaredNorm - values.reduce(0) { $0 + Double($1) * Double($1) }) < 1e-9)
    }

    /// The mean squared error of really coded values agrees with the certificate within three standard errors.
    @Test(arguments: LevelGrid.allCases, [0, 64])
    func errorEqualsTheMeanOfManyCodings(grid: LevelGrid, groupSize: Int) throws {
        let values = Tensor(shape: [2000], values: normalValues(2000, seed: 8))
        let layout = ParameterLayout([("w", [2000])])
        let table = try ErrorTable(
            values, layout: layout, quantizer: .levels(grid, groupSize: groupSize))
        let decoded = Tensor(shape: [2000])
        for bits in [2, 4, 6, 8] {
            let errors = try (0..<60).map { (round: UInt32) -> Double in
                let bytes = try UpdateFrame.encode(
                    values, as: table.coding(bits: bits), binding: FrameBinding(round: round), seed: 1)
                try UpdateFrame(bytes).decode(into: decoded)
                return zip(values.values, decoded.values).reduce(0.0) { sum, pair in
                    let error = Double(pair.0) - Double(pair.1)
                    return sum + error * error
                }
            }
            let mean = errors.reduce(0, +) / 60
            let variance = errors.reduce(0.0) { sum, error in sum + (error - mean) * (error - mean) } / 59
            #expect(abs(mean - table.summary.expectedError(bits: bits)) <= 3 * (variance / 60).squareRoot(), "\(bits) bits")
        }
    }

    /// Normalised errors of Gaussian data that docs/equations.md quotes.
    @Test func gaussianErrorsAreTheKnownOnes() throws {
        let values = normalValues(1 << 20, seed: 2)
        let whole = try table(values, threads: 2).summary
        let groups = try table(values, groupSize: 256, threads: 2).summary
        for (error, known) in [
            (whole.relativeError(bits: 6), 4.7e-3), (whole.relativeError(bits: 8), 2.7e-4),
            (groups.relativeError(bits: 6), 1.7e-3), (groups.relativeError(bits: 8), 9.8e-5),
        ] {
            // One range for all depends on the sample's largest value.
            #expect(abs(error - known) <= 0.15 * known, "\(error), known \(known)")
        }
    }

    @Test func tableDoesNotDependOnThreads() throws {
        let values = normalValues(100_001, seed: 4)
        for groupSize in [0, 100, 30_000] {
            let one = try table(values, groupSize: groupSize, threads: 1)
            let two = try table(values, groupSize: groupSize, threads: 2)
            #expect(one.tensors == two.tensors && one.summary == two.summary)
        }
    }

    @Test func valuesThatCannotBeCodedAreNamed() throws {
        let layout = ParameterLayout([("first", [3]), ("second", [2, 2])])
        let values = Tensor(shape: [7], values: [1, 2, 3, 4, 5, -.infinity, 7])
        #expect(throws: CodecError.valueOutOfRange(tensor: "second", index: 2, value: -.infinity)) {
            try ErrorTable(values, layout: layout, quantizer: .levels(.paper))
        }
        values[2] = .nan
        do throws(CodecError) {
            _ = try ErrorTable(values, layout: layout, quantizer: .levels(.paper))
            Issue.record("NaN accepted")
        } catch {
            guard case .valueOutOfRange("first", 2, let value) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(value.isNaN)
        }
    }

    @Test func bitsOutsideTheWidthsOfACodeAreRefused() throws {
        let table = try table([1, 2])
        for bits in [-1, 0, 1, 9, 32] {
            #expect(throws: CodecError.bitsOutOfRange(bits)) {
                try table.coding(bits: bits)
            }
        }
    }
}
