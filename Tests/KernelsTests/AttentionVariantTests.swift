import CKernels
import Kernels
import TestSupport
import Testing

/// The fast attention against its reference, and equal bytes for any number of threads.
@Suite struct AttentionVariantTests {
    /// (batch, tokens, heads, channels a head).
    static let attentionShapes: [(Int, Int, Int, Int)] = [
        (1, 1, 1, 1), (2, 7, 3, 5), (2, 16, 2, 8), (1, 17, 1, 3), (3, 35, 2, 4), (2, 64, 1, 96), (1, 256, 1, 256),
        (3, 49, 3, 16), (5, 100, 2, 32), (1, 300, 1, 24),
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
        let scratch = unwritten([
            Int(
                max(
                    gd_attention_forward_scratch__blocked(&extents, threads),
                    gd_attention_backward_scratch__blocked(&extents, threads),
                    gd_attention_backward_scratch__reference(&extents, threads)))
        ])
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
            shape, threads: 1, forward: gd_f32_attention_forward__blocked, backward: gd_f32_attention_backward__blocked)
        let reference = runAttention(
            shape, threads: 1, forward: gd_f32_attention_forward__reference, backward: gd_f32_attention_backward__reference)
        let allNorm = norm(reference[0])
        for (result, expected) in zip(fast, reference) {
            expectClose(result, expected, tolerance: 1e-6, allNorm: allNorm)
        }
        for threads: Int32 in [2, 3] {
            let several = runAttention(
                shape, threads: threads, forward: gd_f32_attention_forward__blocked,
                backward: gd_f32_attention_backward__blocked)
            for (result, expected) in zip(several, fast) { expectSameBytes(result, expected) }
        }
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
