import Codec
import Kernels
import Testing

/// Widths by tensor, against every choice there is.
@Suite struct WidthChoiceTests {
    /// Tensors whose sizes and scales differ; one constant (exact at any width), one empty.
    private static let layout = ParameterLayout([("a", [40, 10]), ("b", [33]), ("c", [7, 9]), ("d", [50]), ("e", [0])])

    private static func values(seed: UInt64) -> Tensor {
        let parts = [(400, 0.02), (33, 1.0), (63, 0.2)].enumerated().map { index, part in
            normalValues(part.0, seed: seed + UInt64(index), scale: Float(part.1))
        }
        return Tensor(shape: [546], values: parts.flatMap { $0 } + [Float](repeating: 0.5, count: 50))
    }

    /// The fewest bytes of all 7^n choices of tensors that may differ.
    private static func bruteForce(_ table: ErrorTable, _ limit: Double, _ accepted: ClosedRange<Int>) -> Int? {
        var best: Int?
        eachChoice(of: table, accepted: accepted, fits: { error, _ in error <= limit }) { best = min(best ?? $1, $1) }
        return best
    }

    @Test(arguments: LevelGrid.allCases, [3...8, 6...8, 5...5])
    func theChoiceIsCloseToTheBestOfAll(grid: LevelGrid, accepted: ClosedRange<Int>) throws {
        for (seed, groupSize) in [(1, 0), (2, 16), (3, 0), (4, 16)] as [(UInt64, Int)] {
            let values = Self.values(seed: 100 * seed)
            let table = try ErrorTable(
                values, layout: Self.layout, quantizer: .levels(grid, groupSize: groupSize))
            let overhead = bytesBeside(tensorsOf: table)
            let (low, high) = (
                table.summary.expectedError(bits: accepted.upperBound), table.summary.expectedError(bits: accepted.lowerBound)
            )
            for share in [0.0, 0.1, 0.4, 0.9, 1, 2] {
                let limit = low + share * (high - low)
                let best = try #require(Self.bruteForce(table, limit, accepted)) + overhead
                let choice = try #require(table.ofLevels?.widths(errorAtMost: limit, accepted: accepted))
                #expect(choice.expectedError <= limit && choice.bits.allSatisfy(accepted.contains))
                #expect(Double(best) >= choice.lowerBound - 1e-6)
                // One step of one tensor at most: 400 values, one bit.
                #expect(choice.bytes >= best && choice.bytes - best <= 50)
                let frame = try UpdateFrame(
                    UpdateFrame.encode(
                        values, as: try #require(table.ofLevels).coding(widths: choice.bits), binding: FrameBinding(), seed: 1))
                #expect(frame.header.frameBytes == choice.bytes && frame.header.expectedError == choice.expectedError)
                #expect(frame.header.tensors.map(\.bits) == choice.bits)
            }
            #expect(table.ofLevels?.widths(errorAtMost: 0.999 * low, accepted: accepted) == nil)
        }
    }

    @Test func exactTensorsTakeTheNarrowestWidth() throws {
        let values = Self.values(seed: 5)
        let table = try ErrorTable(values, layout: Self.layout, quantizer: .levels(.paper))
        let choice = try #require(
            table.ofLevels?.widths(errorAtMost: table.summary.expectedError(bits: 7), accepted: 3...8))
        #expect(choice.bits[3] == 3 && choice.bits[4] == 3)
        #expect(choice.bytes < table.summary.codedBytes(bits: 7))
    }
}
