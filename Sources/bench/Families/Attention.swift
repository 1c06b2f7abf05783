import CKernels
import Kernels

extension BenchmarkFamily {
    /// `attention/fwd|bwd/n8t256h1c256`: images, tokens, heads, channels a head.
    static let attention = BenchmarkFamily(
        cases: ["attention/fwd/n8t256h1c256", "attention/bwd/n8t256h1c256"],
        make: { problem, threads in
            guard problem.parts.count == 3, problem.parts[0] == "attention", ["fwd", "bwd"].contains(problem.parts[1]),
                let size = problem.numbers(2, "n", "t", "h", "c"), size.allSatisfy({ $0 > 0 })
            else { return nil }
            let run = AttentionRun(
                shape: [size[0], size[1], size[2] * size[3]], heads: size[2], context: ComputeContext(threads: threads))
            return run.benchmark(backward: problem.parts[1] == "bwd")
        })
}

private struct AttentionRun {
    let context: ComputeContext
    let heads: Int
    let query, key, value, dOutput, output: Tensor
    let dQuery, dKey, dValue: Tensor

    init(shape: [Int], heads: Int, context: ComputeContext) {
        (self.context, self.heads) = (context, heads)
        (query, key) = (.random(shape, item: 0), .random(shape, item: 1))
        (value, dOutput) = (.random(shape, item: 2), .random(shape, item: 3))
        output = Tensor(shape: shape)
        (dQuery, dKey, dValue) = (Tensor(shape: shape), Tensor(shape: shape), Tensor(shape: shape))
    }

    func forward() { context.attentionForward(query: query, key: key, value: value, heads: heads, into: output) }

    func backward() {
        context.attentionBackward(
            query: query, key: key, value: value, dOutput: dOutput, heads: heads, dQuery: dQuery, dKey: dKey, dValue: dValue)
    }

    func benchmark(backward isBackward: Bool) -> Benchmark {
        let run = isBackward ? backward : forward
        context.meter.reset()
        run()
        return Benchmark(
            work: .flops(nominal: context.meter.nominalFLOPs, executed: context.meter.executedFLOPs),
            verify: { () throws(VerificationError) in
                if isBackward { try verifyBackward() } else { try verifyForward() }
            }, run: run)
    }

    private var shape: gd_attention {
        let channels = query.shape[2] / heads
        return gd_attention(
            batch: Int64(query.shape[0]), tokens: Int64(query.shape[1]), heads: Int64(heads), head_channels: Int64(channels),
            scale: 1 / Float(channels).squareRoot())
    }

    /// Scratch memory for the plain loops: a matrix of scores for every thread, twice over.
    private var scratch: Tensor {
        var shape = shape
        let counts = [
            gd_attention_forward_scratch__reference(&shape, Int32(context.threads)),
            gd_attention_backward_scratch__reference(&shape, Int32(context.threads)),
        ]
        return Tensor(shape: [counts.map { Int($0) }.max() ?? 0])
    }

    private func verifyForward() throws(VerificationError) {
        let reference = Tensor(shape: query.shape)
        let scratch = scratch
        var shape = shape
        forward()
        _ = gd_f32_attention_forward__reference(
            &shape, query.base, key.base, value.base, reference.base, scratch.base, Int32(context.threads))
        try VerificationError.check("attention", relativeError(output, reference), atMost: 4e-6)
    }

    private func verifyBackward() throws(VerificationError) {
        let references = (0..<3).map { _ in Tensor(shape: query.shape) }
        let scratch = scratch
        var shape = shape
        backward()
        _ = gd_f32_attention_backward__reference(
            &shape, query.base, key.base, value.base, dOutput.base, references[0].base, references[1].base, references[2].base,
            scratch.base, Int32(context.threads))
        for (gradient, reference) in zip([dQuery, dKey, dValue], references) {
            try VerificationError.check("attention gradient", relativeError(gradient, reference), atMost: 1e-5)
        }
    }
}
