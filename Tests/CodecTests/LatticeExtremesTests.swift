import Codec
import Kernels
import TestSupport
import Testing

/// Values, errors and bytes at the ends of what numbers hold: every one is coded or refused.
@Suite struct LatticeExtremesTests {
    private static let extremes: [Float] = [
        .leastNonzeroMagnitude, 7 * .leastNonzeroMagnitude, 0x1p-130, .leastNormalMagnitude, 1e-20, 1, 0x1.8p100, 0x1.fffffep126,
    ]

    private func table(_ values: [Float], _ rounding: LatticeRounding) throws -> (ErrorTable, Tensor) {
        let tensor = Tensor(shape: [values.count], values: values)
        return (
            try ErrorTable(tensor, layout: ParameterLayout([("a", [values.count])]), quantizer: .lattice(rounding)), tensor
        )
    }

    private func decoded(_ coding: UpdateCoding, _ values: Tensor) throws -> [Float] {
        let frame = try UpdateFrame(UpdateFrame.encode(values, as: coding, binding: FrameBinding(), seed: 1))
        let decoded = Tensor(shape: [values.count])
        frame.decode(into: decoded)
        return decoded.values
    }

    @Test(arguments: LatticeRounding.allCases)
    func everyErrorIsMetOrRefused(rounding: LatticeRounding) throws {
        for first in Self.extremes {
            for second in [first, -first, 0, first / 3] {
                let (table, values) = try table([first, second, first], rounding)
                for demand in [1e-300, 1e-89, 1e-12, 1e-3, 2, 1e30, .greatestFiniteMagnitude] {
                    for demand in [ErrorDemand.relative(demand), .absolute(demand)] {
                        do {
                            let coding = try table.coding(meeting: demand, accepted: 2...8, values: values)
                            #expect(coding.expectedError <= demand.absolute(squaredNorm: table.summary.squaredNorm))
                            #expect(try decoded(coding, values).allSatisfy(\.isFinite), "\(first) \(second) \(demand)")
                        } catch CodecError.stepOutOfRange(let step, _) {
                            #expect(step >= 0, "\(first) \(second) \(demand)")
                        }
                    }
                }
            }
        }
    }

    @Test func theSmallestValueHasAStep() throws {
        let (table, values) = try table([.leastNonzeroMagnitude], .stochastic)
        let coding = try table.coding(meeting: .relative(2), accepted: 2...8, values: values)
        #expect(try decoded(coding, values).allSatisfy { $0.magnitude <= 4 * .leastNonzeroMagnitude })
        let exact = try table.coding(meeting: .relative(1e-3), accepted: 2...8, values: values)
        #expect(try decoded(exact, values) == values.values && exact.expectedError == 0)
    }

    /// Steps are as fine for values below the normal numbers as for others.
    @Test func tinyValuesHaveTheirBits() throws {
        let (table, _) = try table(normalValues(1000, seed: 3, scale: 0x1p-130), .dithered)
        let errors = (2...8).map { table.summary.relativeError(bits: $0) }
        for (coarse, fine) in zip(errors, errors.dropFirst()) { #expect(abs(coarse / fine / 4 - 1) < 0.05) }
    }

    @Test(arguments: LatticeRounding.allCases)
    func manyBytesBuyMoreThanEightBits(rounding: LatticeRounding) throws {
        let (table, values) = try table(normalValues(20_000, seed: 5), rounding)
        func error(_ limit: Int) throws -> Double {
            let (frame, coding) = try UpdateFrame.encode(
                values, table: table, bytesAtMost: limit, accepted: nil, binding: FrameBinding(), seed: 1)
            #expect(frame.count <= limit && (limit > 57_000 || frame.count >= limit - limit / 200), "\(frame.count) of \(limit)")
            return coding.expectedError / table.summary.squaredNorm
        }
        let errors = try [19_000, 30_000, 45_000, 60_000, 1_000_000].map(error)
        #expect(errors[1] < errors[0] / 300 && errors[2] < errors[1] / 300 && errors[3] < 1e-12 && errors[4] == errors[3])
        let (zeros, zeroValues) = try self.table([0, 0], rounding)
        let (frame, _) = try UpdateFrame.encode(
            zeroValues, table: zeros, bytesAtMost: 1 << 30, accepted: nil, binding: FrameBinding(), seed: 1)
        #expect(try UpdateFrame(frame).header.expectedError == 0)
    }

    /// Its data are its step alone in either storage, as the page says.
    @Test(arguments: [1, 2] as [UInt8])
    func anEmptyTensorIsItsStep(storage: UInt8) throws {
        let values = Tensor(shape: [0])
        let table = try ErrorTable(values, layout: ParameterLayout([("a", [3, 0])]), quantizer: .lattice(.dithered))
        let frame = UpdateFrame.encode(values, as: try table.coding(bits: 4), binding: FrameBinding(), seed: 1)
        let other = resealed(frame, at: FrameFormat.headerBytes + 5, with: [storage])
        #expect(try UpdateFrame(other).header.tensors.map(\.codedBytes) == [4])
    }

    @Test func extentsStayBelowTwoToThe63() throws {
        let values = Tensor(shape: [0])
        let table = try ErrorTable(values, layout: ParameterLayout([("a", [0, 3])]), quantizer: .lattice(.dithered))
        let frame = UpdateFrame.encode(values, as: try table.coding(bits: 4), binding: FrameBinding(), seed: 1)
        let extent = FrameFormat.headerBytes + 28 + 8
        let largest = resealed(frame, at: extent, with: littleEndian(UInt64(Int.max)))
        #expect(try UpdateFrame(largest).header.tensors[0].shape == [0, Int.max])
        let error = #expect(throws: FrameError.self) {
            try UpdateFrame(resealed(frame, at: extent, with: littleEndian(UInt64.max)))
        }
        #expect("\(try #require(error))".contains("18446744073709551615"))
        let length = #expect(throws: FrameError.self) {
            try UpdateFrame(resealed(frame, at: FrameFormat.headerBytes + 20, with: littleEndian(UInt64.max)))
        }
        #expect("\(try #require(length))".contains("18446744073709551615"))
    }
}
