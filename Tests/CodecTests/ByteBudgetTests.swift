import Codec
import Kernels
import TestSupport
import Testing

/// The least error for a number of bytes.
@Suite struct ByteBudgetTests {
    private static let layout = ParameterLayout([("a", [40, 10]), ("b", [33]), ("c", [7, 9])])

    private static func values(seed: UInt64) -> Tensor {
        let parts = [(400, 0.02), (33, 1.0), (63, 0.2)].enumerated().map { index, part in
            normalValues(part.0, seed: seed + UInt64(index), scale: Float(part.1))
        }
        return Tensor(shape: [496], values: parts.flatMap { $0 })
    }

    /// The least error of all choices of widths that fit.
    private static func bruteForce(_ table: ErrorTable, _ limit: Int, _ accepted: ClosedRange<Int>) -> Double? {
        var best: Double?
        let beside = bytesBeside(tensorsOf: table)
        eachChoice(of: table, accepted: accepted, fits: { beside + $1 <= limit }) { error, _ in best = min(best ?? error, error) }
        return best
    }

    @Test(arguments: LevelGrid.allCases, [2...8, 6...8])
    func widthsAreCloseToTheBestOfAll(grid: LevelGrid, accepted: ClosedRange<Int>) throws {
        for (seed, groupSize) in [(1, 0), (2, 16), (3, 64)] as [(UInt64, Int)] {
            let values = Self.values(seed: 100 * seed)
            let table = try ErrorTable(
                values, layout: Self.layout, quantizer: .levels(grid, groupSize: groupSize))
            let (fewest, most) = (
                table.summary.codedBytes(bits: accepted.lowerBound), table.summary.codedBytes(bits: accepted.upperBound)
            )
            for share in [0.0, 0.1, 0.5, 0.9, 1, 3] {
                let limit = fewest + Int(share * Double(most - fewest))
                let best = try #require(Self.bruteForce(table, limit, accepted))
                let choice = try #require(table.ofLevels?.widths(bytesAtMost: limit, accepted: accepted))
                #expect(choice.bytes <= limit && choice.bits.allSatisfy(accepted.contains))
                #expect(best >= choice.lowerBound * (1 - 1e-9))
                // What one bit of one tensor saves, at most.
                #expect(choice.expectedError >= best * (1 - 1e-9))
                #expect(choice.expectedError <= 4 * best || choice.expectedError - best < 0.25 * table.summary.squaredNorm)
                let (frame, coding) = try UpdateFrame.encode(
                    values, table: table, bytesAtMost: limit, accepted: accepted, binding: FrameBinding(), seed: 1)
                #expect(frame.count == choice.bytes && coding.frameBytes == choice.bytes)
                #expect(try UpdateFrame(frame).header.tensors.map(\.bits) == choice.bits)
            }
            #expect(table.ofLevels?.widths(bytesAtMost: fewest - 1, accepted: accepted) == nil)
            #expect(throws: CodecError.bytesNotMet(limit: fewest - 1, smallest: fewest, bits: accepted.lowerBound)) {
                try UpdateFrame.encode(
                    values, table: table, bytesAtMost: fewest - 1, accepted: accepted, binding: FrameBinding(), seed: 1)
            }
        }
    }

    @Test(arguments: LatticeRounding.allCases)
    func aLatticeFillsItsBytes(rounding: LatticeRounding) throws {
        let layout = ParameterLayout([("w", [300, 100]), ("b", [300])])
        let values = Tensor(
            shape: [30_300], values: normalValues(30_000, seed: 1, scale: 0.02) + normalValues(300, seed: 2, scale: 0.5))
        let table = try ErrorTable(values, layout: layout, quantizer: .lattice(rounding))
        func fill(_ limit: Int, _ accepted: ClosedRange<Int> = 2...8) throws -> UpdateFrame {
            let (bytes, coding) = try UpdateFrame.encode(
                values, table: table, bytesAtMost: limit, accepted: accepted, binding: FrameBinding(), seed: 3)
            let frame = try UpdateFrame(bytes)
            #expect(abs(coding.expectedError / frame.header.expectedError - 1) < 1e-8)
            return frame
        }
        var last = Double.infinity
        for limit in [9_000, 14_000, 14_400, 20_011, 24_000] {
            let frame = try fill(limit)
            #expect(frame.bytes.count <= limit && frame.bytes.count >= limit - limit / 200, "\(frame.bytes.count) of \(limit)")
            #expect(frame.header.expectedError < last)
            last = frame.header.expectedError
        }
        // No finer than what is accepted, however many bytes there are; and no coarser.
        let finest = try fill(1 << 30, 2...6)
        #expect(abs(finest.header.expectedError / table.summary.expectedError(bits: 6) - 1) < 1e-12)
        let error = #expect(throws: CodecError.self) { try fill(9_000, 4...8) }
        guard case .bytesNotMet(limit: 9_000, let smallest, bits: 4)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(smallest > 9_000)
        // What is just enough for the coarsest is found.
        #expect(try fill(smallest, 4...8).bytes.count <= smallest)
    }

    @Test func zerosFitIntoAnything() throws {
        let layout = ParameterLayout([("w", [5000])])
        let values = Tensor(shape: [5000])
        for grid in QuantizationGrid.allCases {
            let table = try ErrorTable(values, layout: layout, quantizer: grid.quantizer)
            let limit = table.summary.codedBytes(bits: 8) + 100
            let frame = try UpdateFrame.encode(
                values, table: table, bytesAtMost: limit, accepted: 6...8, binding: FrameBinding(), seed: 1
            ).frame
            #expect(try UpdateFrame(frame).header.expectedError == 0)
        }
    }
}
