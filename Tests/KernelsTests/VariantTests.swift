import CKernels
import Kernels
import TestSupport
import Testing

/// The fast GroupNorm and attention against their references, and equal bytes for any number of threads.
@Suite struct VariantTests {
    /// (batch, pixels, channels, groups): one element a group, odd widths, several slices, the U-Nets' shapes.
    static let normShapes: [(Int, Int, Int, Int)] = [
        (1, 2, 1, 1), (1, 1, 2, 1), (2, 5, 3, 3), (1, 31, 7, 1), (2, 32, 8, 4), (2, 33, 9, 3), (1, 67, 15, 5), (2, 65, 136, 8),
        (1, 9, 300, 3), (3, 1024, 32, 32), (2, 256, 128, 32), (2, 64, 192, 32), (1, 256, 512, 32), (2, 16, 256, 32),
    ]

    private struct NormResults {
        let output, statistics, dInput, dScale, dShift: [Float]

        var all: [[Float]] { [output, statistics, dInput, dScale, dShift] }
    }

    private func runNorm(
        _ shape: (Int, Int, Int, Int), silu: Bool, threads: Int32, forward: gd_f32_group_norm_forward,
        backward: gd_f32_group_norm_backward
    ) -> NormResults {
        let (batch, pixels, channels, groups) = shape
        var extents = gd_group_norm(
            batch: Int64(batch), pixels: Int64(pixels), channels: Int64(channels), groups: Int64(groups), epsilon: 1e-5,
            silu: silu ? 1 : 0)
        let input = normalTensor([batch, pixels, channels], seed: 1, mean: 0.3)
        let dOutput = normalTensor(input.shape, seed: 2)
        let (scale, shift) = (normalTensor([channels], seed: 3), normalTensor([channels], seed: 4))
        let (output, statistics, dInput) = (unwritten(input.shape), unwritten([batch, groups, 2]), unwritten(input.shape))
        let (dScale, dShift) = (Tensor(shape: [channels]), Tensor(shape: [channels]))
        let scratch = unwritten([6 * batch * channels])
        #expect(
            forward(
                &extents, input.base, scale.base, shift.base, output.base, statistics.base, scratch.base, threads) == GD_OK)
        #expect(
            backward(
                &extents, input.base, statistics.base, scale.base, shift.base, dOutput.base, dInput.base, dScale.base,
                dShift.base, scratch.base, threads) == GD_OK)
        return NormResults(
            output: output.values, statistics: statistics.values, dInput: dInput.values, dScale: dScale.values,
            dShift: dShift.values)
    }

    @Test(arguments: normShapes, [false, true])
    func groupNormMatchesTheReference(_ shape: (Int, Int, Int, Int), _ silu: Bool) {
        let fast = runNorm(
            shape, silu: silu, threads: 1, forward: gd_f32_group_norm_forward__vector,
            backward: gd_f32_group_norm_backward__vector)
        let reference = runNorm(
            shape, silu: silu, threads: 1, forward: gd_f32_group_norm_forward__reference,
            backward: gd_f32_group_norm_backward__reference)
        expectClose(fast.output, reference.output, tolerance: 1e-6)
        expectClose(fast.statistics, reference.statistics, tolerance: 1e-6)
        // One value a group has no gradient: what is left is rounding, judged against the incoming gradient.
        let scale = norm(fast.dShift) + norm(reference.dInput)
        expectClose(fast.dInput, reference.dInput, tolerance: 2e-6, allNorm: 1e6 * scale)
        expectClose(fast.dScale, reference.dScale, tolerance: 3e-6, allNorm: 1e6 * scale)
        expectClose(fast.dShift, reference.dShift, tolerance: 3e-6)
        for threads: Int32 in [2, 3] {
            let several = runNorm(
                shape, silu: silu, threads: threads, forward: gd_f32_group_norm_forward__vector,
                backward: gd_f32_group_norm_backward__vector)
            for (result, expected) in zip(several.all, fast.all) { expectSameBytes(result, expected) }
        }
    }

    /// (batch, tokens, heads, channels a head).
    static let attentionShapes: [(Int, Int, Int, Int)] = [
        (1, 1, 1, 1), (2, 7, 3, 5), (2, 16, 2, 8), (1, 17, 1, 3), (3, 35, 2, 4), (2, 64, 1, 96), (1, 256, 1, 256),
    ]

    private func runAttention(
        _ shape: (Int, Int, Int, Int), threads: Int32, forward: gd_f32_attention_forward,
        backward: gd_f32_attention_backward
    ) -> [[Float]] {
        let (batch, tokens, heads, channels) = shape
        var extents = gd_attention(
            batch: Int64(batch), tokens: Int64(tokens), heads: Int64(heads), head_channels: Int64(channels),
            scale: 1 / Float(channels).squareRoot())
        let tensors = (1...4).map { normalTensor([batch, tokens, heads * channels], seed: UInt64($0)) }
        let results = (0..<4).map { _ in unwritten(tensors[0].shape) }
        let scratch = unwritten([Int(gd_f32_attention_backward_scratch(&extents, threads))])
        withExtendedLifetime((tensors, results, scratch)) {
            #expect(
                forward(
                    &extents, tensors[0].base, tensors[1].base, tensors[2].base, results[0].base, scratch.base, threads)
                    == GD_OK)
            #expect(
                backward(
                    &extents, tensors[0].base, tensors[1].base, tensors[2].base, tensors[3].base, results[1].base,
                    results[2].base, results[3].base, scratch.base, threads) == GD_OK)
        }
        return results.map(\.values)
    }

    @Test(arguments: attentionShapes)
    func attentionMatchesTheReference(_ shape: (Int, Int, Int, Int)) {
        let fast = runAttention(
            shape, threads: 1, forward: gd_f32_attention_forward__gemm, backward: gd_f32_attention_backward__gemm)
        let reference = runAttention(
            shape, threads: 1, forward: gd_f32_attention_forward__reference, backward: gd_f32_attention_backward__reference)
        let allNorm = norm(reference[0])
        for (result, expected) in zip(fast, reference) {
            expectClose(result, expected, tolerance: 1e-6, allNorm: allNorm)
        }
        let several = runAttention(
            shape, threads: 3, forward: gd_f32_attention_forward__gemm, backward: gd_f32_attention_backward__gemm)
        for (result, expected) in zip(several, fast) { expectSameBytes(result, expected) }
    }

    @Test func attentionOnOneDominantKeyIsThatKeysValue() {
        let context = ComputeContext(threads: 1)
        let (query, key) = (Tensor(shape: [1, 3, 2]), Tensor(shape: [1, 3, 2]))
        query.fill(50)
        for channel in 0..<2 { key[2 + channel] = 50 }
        let (value, output) = (normalTensor([1, 3, 2]), unwritten([1, 3, 2]))
        context.attentionForward(query: query, key: key, value: value, heads: 1, into: output)
        for token in 0..<3 {
            #expect(output[2 * token] == value[2] && output[2 * token + 1] == value[3])
        }
    }
}
