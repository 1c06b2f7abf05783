import CKernels
import Kernels
import TestSupport
import Testing

/// Operations on bfloat16 activations against their plain references, on every unit that this machine runs, emulations among them.
@Suite struct BFloat16OperationTests {
    /// Runs `body` on every unit: of this thread alone.
    private func onEveryUnit(_ body: (BFloat16Unit) -> Void) {
        defer { BFloat16Unit.select(nil) }
        for unit in BFloat16Unit.running {
            BFloat16Unit.select(unit)
            body(unit)
        }
    }

    /// Channels that are whole steps of a tile and those that are not (3, 35), the sides of the U-Nets' maps, stride 2, upsampling,
    /// rectangles, PyTorch's known wrong answers: a 2x2 kernel on its own size, stride 3, width 1, one channel, batch 1.
    static let geometries: [Conv2DGeometry] =
        [4, 8, 16, 31].map {
            Conv2DGeometry(batch: 3, height: $0, width: $0, inputChannels: 32, outputChannels: 64, kernel: 3)
        }
        + [(3, 32), (32, 3), (35, 16), (96, 64), (1, 1), (320, 96)].map {
            Conv2DGeometry(batch: 2, height: 6, width: 5, inputChannels: $0, outputChannels: $1, kernel: 3)
        }
        + [1, 2].map {
            Conv2DGeometry(
                batch: 2, height: 8, width: 8, inputChannels: 64, outputChannels: 32, kernel: 3, stride: 3 - $0, upsample: $0)
        } + [
            Conv2DGeometry(
                batch: 1, height: 9, width: 8, inputChannels: 48, outputChannels: 32, kernel: 3, stride: 2, padding: .asymmetric),
            Conv2DGeometry(batch: 1, height: 5, width: 3, inputChannels: 16, outputChannels: 16, kernel: 3, upsample: 2),
            Conv2DGeometry(
                batch: 1, height: 2, width: 2, inputChannels: 8, outputChannels: 8, kernel: 2, padding: .init(0)),
            Conv2DGeometry(batch: 1, height: 10, width: 10, inputChannels: 16, outputChannels: 7, kernel: 3, stride: 3),
            Conv2DGeometry(batch: 1, height: 7, width: 1, inputChannels: 32, outputChannels: 32, kernel: 3),
            Conv2DGeometry(
                batch: 2, height: 6, width: 9, inputChannels: 32, outputChannels: 32, kernelHeight: 1, kernelWidth: 7),
            Conv2DGeometry(batch: 130, height: 1, width: 1, inputChannels: 96, outputChannels: 40, kernel: 1),
            Conv2DGeometry(batch: 2, height: 16, width: 16, inputChannels: 64, outputChannels: 33, kernel: 1),
        ]

    @Test(arguments: geometries)
    func convolutionsMatchTheReference(_ geometry: Conv2DGeometry) {
        let reference = ConvolutionResults(geometry, kernel: BFloat16Conv2DKernel.reference, precision: .bfloat16)
        onEveryUnit { unit in
            for kernel in BFloat16Conv2DKernel.allCases where kernel != .reference && kernel.accepts(geometry) {
                let result = ConvolutionResults(geometry, kernel: kernel, precision: .bfloat16)
                // Outputs are rounded once; Winograd does not round the weights, an upsampled data gradient rounds sums of them.
                for (got, wanted) in zip(result.all, reference.all) {
                    let isSum = got.name.hasPrefix("dWeight") || got.name.hasPrefix("dBias")
                    expectClose(
                        got.values, wanted.values, tolerance: isSum ? 8e-6 : 5e-3,
                        "\(unit.name) \(kernel.rawValue) \(geometry) \(got.name)")
                }
            }
        }
    }

    @Test(arguments: geometries)
    func convolutionsGiveTheSameBytesForAnyThreads(_ geometry: Conv2DGeometry) {
        onEveryUnit { unit in
            for kernel in BFloat16Conv2DKernel.allCases where kernel != .reference && kernel.accepts(geometry) {
                let one = ConvolutionResults(geometry, kernel: kernel, precision: .bfloat16)
                for threads in [2, 3] {
                    let more = ConvolutionResults(geometry, kernel: kernel, precision: .bfloat16, threads: threads)
                    for (result, expected) in zip(more.all, one.all) {
                        expectSameBytes(
                            result.values, expected.values, "\(unit.name) \(kernel.rawValue) \(geometry) \(result.name)")
                    }
                }
            }
        }
    }

    @Test(arguments: [(2, 65, 136, 8), (1, 1024, 32, 32), (2, 16, 96, 32), (1, 7, 7, 1)], [FusedActivation.none, .silu])
    func groupNormMatchesTheReference(_ shape: (Int, Int, Int, Int), _ activation: FusedActivation) {
        let (batch, pixels, channels, groups) = shape
        func run(_ kernel: GroupNormKernel, threads: Int) -> [Tensor] {
            let context = ComputeContext(threads: threads)
            context.overrides = [kernel]
            func half(_ seed: UInt64) -> Tensor {
                Tensor(copying: normalTensor([batch, pixels, channels], seed: seed, mean: 0.3), as: .bfloat16)
            }
            let (input, scale, shift) = (half(1), normalTensor([channels], seed: 3), normalTensor([channels], seed: 4))
            let outputs = (0..<3).map { _ in unwritten(input.shape, .bfloat16) }
            let (statistics, sums) = (unwritten([batch, groups, 2]), unwritten([batch, channels]))
            let (dScale, dShift) = (Tensor(shape: [channels]), Tensor(shape: [channels]))
            context.groupNormForward(
                input: input, groups: groups, epsilon: 1e-5, scale: scale, shift: shift, activation: activation,
                into: outputs[0], statistics: statistics)
            context.groupNormBackward(
                input: input, groups: groups, epsilon: 1e-5, scale: scale, shift: shift, activation: activation,
                statistics: statistics, dOutput: half(2), into: outputs[1], addend: half(5), output: outputs[2], sums: sums,
                accumulatingInto: dScale, dShift: dShift)
            return outputs + [sums, dScale, dShift]
        }
        let (result, reference) = (run(.vector, threads: 1), run(.reference, threads: 1))
        for (got, wanted) in zip(result, reference) { expectClose(got.values, wanted.values, tolerance: 4e-3, "\(shape)") }
        for (got, wanted) in zip(run(.vector, threads: 3), result) { expectSameBytes(got.values, wanted.values) }
    }

    @Test(arguments: [(2, 20, 1, 24), (1, 256, 1, 32), (1, 113, 2, 33), (3, 16, 1, 256)])
    func attentionMatchesTheReference(_ shape: (Int, Int, Int, Int)) {
        let (batch, tokens, heads, channels) = shape
        func run(_ kernel: AttentionKernel, threads: Int = 1) -> [Tensor] {
            let context = ComputeContext(threads: threads)
            context.overrides = [kernel]
            let shape = [batch, tokens, heads * channels]
            let inputs = (1...4).map { Tensor(copying: normalTensor(shape, seed: $0), as: .bfloat16) }
            let outputs = (0..<4).map { _ in unwritten(shape, .bfloat16) }
            context.attentionForward(query: inputs[0], key: inputs[1], value: inputs[2], heads: heads, into: outputs[0])
            context.attentionBackward(
                query: inputs[0], key: inputs[1], value: inputs[2], dOutput: inputs[3], heads: heads, dQuery: outputs[1],
                dKey: outputs[2], dValue: outputs[3])
            return outputs
        }
        let reference = run(.reference)
        onEveryUnit { unit in
            let result = run(.blocked)
            for (got, wanted) in zip(result, reference) {
                expectClose(got.values, wanted.values, tolerance: 1e-2, "\(unit.name) \(shape)")
            }
            for (got, wanted) in zip(run(.blocked, threads: 3), result) { expectSameBytes(got.values, wanted.values, unit.name) }
        }
    }

    @Test func sumsPartsAndMasks() {
        let context = ComputeContext(threads: 2)
        let (a, b) = (
            Tensor(copying: normalTensor([40, 24], seed: 1), as: .bfloat16),
            Tensor(copying: normalTensor([40, 8], seed: 2), as: .bfloat16)
        )
        let joined = unwritten([40, 32], .bfloat16)
        context.concatenateForward(a, b, into: joined)
        let parts = [unwritten([40, 24], .bfloat16), unwritten([40, 8], .bfloat16)]
        context.concatenateBackward(dOutput: joined, into: parts[0], parts[1])
        #expect(parts[0].values == a.values && parts[1].values == b.values)

        let sum = unwritten(a.shape, .bfloat16)
        context.addForward(a, a, into: sum)
        #expect(sum.values == a.values.map { 2 * $0 })

        let (masked, wide) = (unwritten(a.shape, .bfloat16), unwritten(a.shape))
        let random = CounterRandom(seed: 3, stream: .dropout)
        context.dropoutForward(input: a, probability: 0.5, random: random, into: masked)
        context.dropoutForward(
            input: Tensor(copying: a, as: .float32), probability: 0.5, random: random, into: wide)
        #expect(masked.values == wide.values)
        #expect(masked.values.contains(0) && masked.values.contains { $0 != 0 })

        let back = unwritten(a.shape)
        context.convert(a, into: back)
        #expect(back.values == a.values)
    }

    /// Of a count that no vector divides, in every instruction set: the float sums, rounded once.
    @Test func sumsAreRoundedOnce() {
        let (first, second) = (normalTensor([41, 23], seed: 4), normalTensor([41, 23], seed: 5))
        let hostile: [Float] = [.nan, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNormalMagnitude / 64, -0.0]
        for (place, value) in hostile.enumerated() { first.base[place * 7] = value }
        let (a, b) = (Tensor(copying: first, as: .bfloat16), Tensor(copying: second, as: .bfloat16))
        let sums = Tensor(shape: a.shape, values: zip(a.values, b.values).map { $0 + $1 })
        let wanted = Tensor(copying: sums, as: .bfloat16)
        for set in InstructionSetTests.running {
            #expect(gd_simd_select(set.name) == GD_OK)
            let sum = unwritten(a.shape, .bfloat16)
            ComputeContext(threads: 1).addForward(a, b, into: sum)
            expectSameBytes(sum.values, wanted.values, String(cString: set.name))
        }
        #expect(gd_simd_select(nil) == GD_OK)
    }
}
