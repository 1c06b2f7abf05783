import CKernels
import Foundation
import Kernels
import TestSupport
import Testing

/// Every kernel of group normalisation against the reference, for any number of threads and every instruction set.
@Suite struct GroupNormVariantTests {
    /// (batch, pixels, channels, groups): one element a group, odd widths, several slices, around the blocks of pixels, the U-Nets'
    /// shapes.
    static let shapes: [(Int, Int, Int, Int)] = [
        (1, 2, 1, 1), (1, 1, 2, 1), (2, 5, 3, 3), (1, 7, 7, 1), (2, 8, 8, 4), (2, 9, 9, 3), (1, 63, 15, 5), (1, 65, 33, 3),
        (2, 65, 136, 8), (1, 9, 300, 3), (3, 1024, 32, 32), (1, 1024, 384, 32), (2, 256, 128, 32), (2, 64, 192, 32),
        (1, 256, 512, 32), (2, 16, 256, 32),
    ]

    private struct Results {
        let output, statistics, dInput, dScale, dShift, outputAgain, sums: [Float]

        var all: [[Float]] { [output, statistics, dInput, dScale, dShift, outputAgain, sums] }
    }

    private func run(
        _ shape: (Int, Int, Int, Int), silu: Bool, kernel: GroupNormKernel, threads: Int = 1, mean: Float = 0.3,
        extras: Bool = true
    ) -> Results {
        let (batch, pixels, channels, groups) = shape
        let context = ComputeContext(threads: threads)
        context.overrides = [kernel]
        let input = normalTensor([batch, pixels, channels], seed: 1, mean: mean)
        let (dOutput, addend) = (normalTensor(input.shape, seed: 2), normalTensor(input.shape, seed: 5))
        let (scale, shift) = (normalTensor([channels], seed: 3), normalTensor([channels], seed: 4))
        let (output, statistics, dInput) = (unwritten(input.shape), unwritten([batch, groups, 2]), unwritten(input.shape))
        let (dScale, dShift) = (Tensor(shape: [channels]), Tensor(shape: [channels]))
        let (outputAgain, sums) = (Tensor(shape: input.shape), Tensor(shape: [batch, channels]))
        context.groupNormForward(
            input: input, groups: groups, epsilon: 1e-5, scale: scale, shift: shift, activation: silu ? .silu : .none,
            into: output, statistics: statistics)
        context.groupNormBackward(
            input: input, groups: groups, epsilon: 1e-5, scale: scale, shift: shift, activation: silu ? .silu : .none,
            statistics: statistics, dOutput: dOutput, into: dInput, addend: extras ? addend : nil,
            output: extras ? outputAgain : nil, sums: extras ? sums : nil, accumulatingInto: dScale, dShift: dShift)
        return Results(
            output: output.values, statistics: statistics.values, dInput: dInput.values, dScale: dScale.values,
            dShift: dShift.values, outputAgain: outputAgain.values, sums: sums.values)
    }

    @Test(arguments: shapes, [false, true])
    func matchesTheReference(_ shape: (Int, Int, Int, Int), _ silu: Bool) {
        let reference = run(shape, silu: silu, kernel: .reference)
        for kernel in GroupNormKernel.allCases where kernel != .reference {
            let result = run(shape, silu: silu, kernel: kernel)
            expectClose(result.output, reference.output, tolerance: 1e-6, "output")
            expectClose(result.statistics, reference.statistics, tolerance: 1e-6, "statistics")
            // One value a group has no gradient: what is left is rounding, judged against the incoming gradient.
            let scale = norm(result.dShift) + norm(reference.dInput)
            expectClose(result.dInput, reference.dInput, tolerance: 2e-6, allNorm: 1e6 * scale, "dInput")
            expectClose(result.dScale, reference.dScale, tolerance: 3e-6, allNorm: 1e6 * scale, "dScale")
            expectClose(result.dShift, reference.dShift, tolerance: 3e-6, "dShift")
            expectClose(result.outputAgain, reference.outputAgain, tolerance: 1e-6, "output again")
            expectClose(result.sums, reference.sums, tolerance: 3e-6, "sums")
        }
    }

    /// A mean far from zero takes no digits from the variance.
    @Test func varianceAroundALargeMean() {
        let shape = (2, 1024, 64, 32)
        let reference = run(shape, silu: false, kernel: .reference, mean: 300)
        for kernel in GroupNormKernel.allCases {
            expectClose(
                run(shape, silu: false, kernel: kernel, mean: 300).statistics, reference.statistics, tolerance: 1e-6)
        }
    }

    @Test(arguments: shapes, [false, true])
    func sameBytesForAnyThreadsAndInstructionSet(_ shape: (Int, Int, Int, Int), _ silu: Bool) {
        for kernel in GroupNormKernel.allCases {
            let expected = run(shape, silu: silu, kernel: kernel).all
            for threads in [2, 3] {
                for (result, expected) in zip(run(shape, silu: silu, kernel: kernel, threads: threads).all, expected) {
                    expectSameBytes(result, expected)
                }
            }
            for set in InstructionSetTests.running {
                #expect(gd_simd_select(set.name) == GD_OK)
                for (result, expected) in zip(run(shape, silu: silu, kernel: kernel).all, expected) {
                    expectSameBytes(result, expected)
                }
            }
            #expect(gd_simd_select(nil) == GD_OK)
        }
    }

    @Test(arguments: GroupNormKernel.allCases)
    func extrasAreLeftOutWhereNotWanted(_ kernel: GroupNormKernel) {
        let shape = (2, 65, 136, 8)
        let with = run(shape, silu: true, kernel: kernel)
        let without = run(shape, silu: true, kernel: kernel, extras: false)
        expectSameBytes(with.dScale, without.dScale)
        let addend = normalTensor([2, 65, 136], seed: 5).values
        expectClose(with.dInput, zip(without.dInput, addend).map { $0 + $1 }, tolerance: 1e-6)
        #expect((without.outputAgain + without.sums).allSatisfy { $0 == 0 })
        expectClose(with.outputAgain, with.output, tolerance: 1e-6)
    }

    /// SiLU inside the normalisation, value by value, in every instruction set.
    @Test func siluKeepsItsErrorBoundOverTheWholeRange() {
        let count = 200_001
        let input = Tensor(shape: [count], values: (0..<count).map { Float($0 - count / 2) * 8.7e-4 })
        let (one, zero, output) = (Tensor(shape: [1], values: [1]), Tensor(shape: [1]), unwritten([count]))
        let block = gd_norm_block(pixels: Int64(count), stride: 1, channels: 1)
        let extremes = Tensor(shape: [4], values: [1000, -1000, .nan, 0])
        for set in InstructionSetTests.running {
            withExtendedLifetime((input, one, zero)) {
                let rows = gd_norm_rows(centre: zero.base, inverse: one.base, scale: one.base, shift: zero.base)
                set.norm.pointee.apply(block, input.base, rows, 1, output.base)
                let four = gd_norm_block(pixels: 4, stride: 1, channels: 1)
                set.norm.pointee.apply(four, extremes.base, rows, 1, extremes.base)
            }
            var worst = 0.0
            for (value, result) in zip(input.values, output.values) where value != 0 {
                let exact = Double(value) / (1 + exp(-Double(value)))
                worst = max(worst, abs(Double(result) - exact) / abs(exact))
            }
            #expect(worst <= 5e-7, "\(InstructionSetTests.name(set))")
            #expect(extremes[0] == 1000 && abs(extremes[1]) < 1e-30 && extremes[2].isNaN && extremes[3] == 0)
            for (index, value) in [1000, -1000, Float.nan, 0].enumerated() { extremes[index] = value }
        }
    }
}
