import Foundation
import Kernels
import TestSupport
import Testing

/// Sizes around the vector width (8), the lanes of sums (16), dropout's tile (32) and the block of a long sum.
private let sizes = [1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 67, 16_383, 16_385, 32_771]

@Suite struct ElementwiseTests {
    @Test func siluKeepsItsErrorBoundOverTheWholeRange() {
        let context = ComputeContext(threads: 1)
        let input = Tensor(shape: [400_001], values: (0...400_000).map { Float($0 - 200_000) * 5e-4 })
        let (output, slope) = (unwritten(input.shape), unwritten(input.shape))
        let ones = Tensor(shape: input.shape)
        ones.fill(1)
        context.siluForward(input: input, into: output)
        context.siluBackward(input: input, dOutput: ones, into: slope)
        var (worst, worstSlope) = (0.0, 0.0)
        for (index, value) in input.values.enumerated() {
            let x = Double(value)
            let gate = 1 / (1 + exp(-x))
            if abs(x) <= 87 && x != 0 { worst = max(worst, abs(Double(output[index]) - x * gate) / abs(x * gate)) }
            worstSlope = max(worstSlope, abs(Double(slope[index]) - gate * (1 + x * (1 - gate))))
        }
        #expect(worst <= 5e-7)
        #expect(worstSlope <= 5e-7)
    }

    @Test func siluOfExtremesStaysFiniteAndKeepsNaN() {
        let context = ComputeContext(threads: 1)
        let input = Tensor(shape: [4], values: [1000, -1000, .nan, 0])
        let output = unwritten([4])
        context.siluForward(input: input, into: output)
        #expect(output[0] == 1000)
        #expect(abs(output[1]) < 1e-30)
        #expect(output[2].isNaN)
        #expect(output[3] == 0)
    }

    @Test(arguments: sizes)
    func siluMatchesTheReferenceForAnyThreads(_ count: Int) {
        let (input, dOutput) = (normalTensor([count], seed: 1, scale: 4), normalTensor([count], seed: 2))
        func run(_ kernel: SiLUKernel, threads: Int) -> (output: [Float], dInput: [Float]) {
            let context = ComputeContext(threads: threads)
            context.overrides = [kernel]
            let (output, dInput) = (unwritten([count]), unwritten([count]))
            context.siluForward(input: input, into: output)
            context.siluBackward(input: input, dOutput: dOutput, into: dInput)
            return (output.values, dInput.values)
        }
        let reference = run(.reference, threads: 1)
        for kernel in SiLUKernel.allCases {
            let (one, several) = (run(kernel, threads: 1), run(kernel, threads: 2))
            expectClose(one.output, reference.output, tolerance: 5e-7)
            expectClose(one.dInput, reference.dInput, tolerance: 5e-7)
            expectSameBytes(several.output, one.output)
            expectSameBytes(several.dInput, one.dInput)
        }
    }

    @Test(arguments: sizes)
    func sumsAreExactToDoubleAndIndependentOfThreads(_ count: Int) {
        let (values, other) = (normalTensor([count], seed: 1), normalTensor([count], seed: 2))
        let squares = values.values.reduce(0.0) { $0 + Double($1) * Double($1) }
        let norms = [1, 2, 3].map { ComputeContext(threads: $0).gradientNorm(values) }
        #expect(abs(norms[0] - squares.squareRoot()) <= 1e-12 * squares.squareRoot())
        #expect(norms[1] == norms[0] && norms[2] == norms[0])
        let losses = [1, 2, 3].map {
            ComputeContext(threads: $0).meanSquaredError(prediction: values, target: other, dPrediction: nil)
        }
        #expect(losses[1] == losses[0] && losses[2] == losses[0])
    }

    @Test func normOfNaNIsNaN() {
        let values = normalTensor([100])
        values[57] = .nan
        #expect(ComputeContext(threads: 2).gradientNorm(values).isNaN)
    }

    @Test func clippingOnlyScalesDown() {
        #expect(ComputeContext.clippingScale(norm: 0.5, maximum: 1) == 1)
        #expect(abs(ComputeContext.clippingScale(norm: 4, maximum: 1) - 0.25) < 1e-6)
    }

    @Test(arguments: sizes)
    func addAndAverage(_ count: Int) {
        let context = ComputeContext(threads: 2)
        let (a, b) = (normalTensor([count], seed: 1), normalTensor([count], seed: 2))
        let sum = unwritten([count])
        context.addForward(a, b, into: sum)
        expectSameBytes(sum.values, zip(a.values, b.values).map { $0 + $1 })
        context.addForward(a, b, into: a)
        expectSameBytes(a.values, sum.values)
        context.emaUpdate(average: a, parameters: b, decay: 0)
        expectClose(a.values, b.values, tolerance: 1e-6)
    }
}
