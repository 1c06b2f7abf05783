import Kernels
import TestSupport
import Testing

/// Every kernel of attention against the reference, and equal bytes for any number of threads.
@Suite struct AttentionVariantTests {
    /// (batch, tokens, heads, channels a head).
    static let attentionShapes: [(Int, Int, Int, Int)] = [
        (1, 1, 1, 1), (2, 7, 3, 5), (2, 16, 2, 8), (1, 17, 1, 3), (3, 35, 2, 4), (2, 64, 1, 96), (1, 256, 1, 256),
        (3, 49, 3, 16), (5, 100, 2, 32), (1, 300, 1, 24),
    ]

    private func run(_ shape: (Int, Int, Int, Int), kernel: AttentionKernel, threads: Int) -> [[Float]] {
        let (batch, tokens, heads, channels) = shape
        let context = ComputeContext(threads: threads)
        context.overrides = [kernel]
        let tensors = (1...4).map { normalTensor([batch, tokens, heads * channels], seed: UInt64($0)) }
        let results = (0..<4).map { _ in unwritten(tensors[0].shape) }
        context.attentionForward(query: tensors[0], key: tensors[1], value: tensors[2], heads: heads, into: results[0])
        context.attentionBackward(
            query: tensors[0], key: tensors[1], value: tensors[2], dOutput: tensors[3], heads: heads, dQuery: results[1],
            dKey: results[2], dValue: results[3])
        return results.map(\.values)
    }

    @Test(arguments: attentionShapes)
    func matchesTheReferenceForAnyThreads(_ shape: (Int, Int, Int, Int)) {
        let reference = run(shape, kernel: .reference, threads: 1)
        let allNorm = norm(reference[0])
        for kernel in AttentionKernel.allCases {
            let one = run(shape, kernel: kernel, threads: 1)
            for (result, expected) in zip(one, reference) {
                expectClose(result, expected, tolerance: 1e-6, allNorm: allNorm, kernel.rawValue)
            }
            for threads in [2, 3] {
                let several = run(shape, kernel: kernel, threads: threads)
                for (result, expected) in zip(several, one) { expectSameBytes(result, expected, kernel.rawValue) }
            }
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
