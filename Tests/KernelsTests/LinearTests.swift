import Kernels
import TestSupport
import Testing

/// Dense layers by every kernel against the reference: with and without the sums that they can take along.
@Suite struct LinearTests {
    /// (rows, inputs, outputs): one row, fewer rows than threads share, rows and channels around the blocks.
    static let shapes: [(Int, Int, Int)] = [
        (1, 512, 256), (8, 512, 128), (47, 33, 15), (48, 16, 16), (97, 17, 48), (200, 64, 31),
    ]

    private struct Results {
        let output, outputInPlace, dInput, dInputAccumulated, dWeight: [Float]

        var all: [[Float]] { [output, outputInPlace, dInput, dInputAccumulated, dWeight] }
    }

    private func run(_ shape: (Int, Int, Int), kernel: Conv2DKernel, threads: Int) -> Results {
        let (rows, inputs, outputs) = shape
        let context = ComputeContext(threads: threads)
        context.overrides = [kernel]
        let (input, weight) = (normalTensor([rows, inputs], seed: 1), normalTensor([outputs, inputs], seed: 2))
        let (bias, dOutput) = (normalTensor([outputs], seed: 3), normalTensor([rows, outputs], seed: 4))
        let residual = normalTensor([rows, outputs], seed: 5)
        let (output, inPlace) = (unwritten([rows, outputs]), Tensor(shape: [rows, outputs]))
        inPlace.copy(from: residual)
        for (residual, output) in [(residual, output), (inPlace, inPlace)] {
            context.linearForward(input: input, weight: weight, bias: bias, residual: residual, into: output)
        }
        let (dInput, accumulated) = (unwritten([rows, inputs]), normalTensor([rows, inputs], seed: 6))
        let dWeight = normalTensor([outputs, inputs], seed: 7)
        context.linearBackwardData(dOutput: dOutput, weight: weight, into: dInput)
        context.linearBackwardData(dOutput: dOutput, weight: weight, accumulatingInto: accumulated)
        context.linearBackwardWeight(input: input, dOutput: dOutput, accumulatingInto: dWeight, dBias: nil)
        return Results(
            output: output.values, outputInPlace: inPlace.values, dInput: dInput.values,
            dInputAccumulated: accumulated.values, dWeight: dWeight.values)
    }

    @Test(arguments: shapes)
    func matchesTheReferenceForAnyThreads(_ shape: (Int, Int, Int)) {
        let (rows, inputs, outputs) = shape
        let geometry = Conv2DGeometry(
            batch: rows, height: 1, width: 1, inputChannels: inputs, outputChannels: outputs, kernel: 1)
        let reference = run(shape, kernel: .reference, threads: 1)
        for kernel in Conv2DKernel.allCases where kernel.accepts(geometry) {
            let one = run(shape, kernel: kernel, threads: 1)
            expectSameBytes(one.outputInPlace, one.output)
            for (result, expected) in zip(one.all, reference.all) { expectClose(result, expected, tolerance: 1e-6) }
            for threads in [2, 3] {
                let several = run(shape, kernel: kernel, threads: threads)
                for (result, expected) in zip(several.all, one.all) { expectSameBytes(result, expected) }
            }
        }
    }
}
