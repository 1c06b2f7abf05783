import CKernels
import Kernels

extension BenchmarkFamily {
    /// `groupnorm/fwd|bwd/n8c128hw32`: 32 groups, fused with SiLU.
    static let groupNorm = BenchmarkFamily(
        cases: ["n8c128hw32", "n8c256hw16"].flatMap { size in ["fwd", "bwd"].map { "groupnorm/\($0)/\(size)" } },
        make: { problem, threads in
            guard problem.parts.count == 3, problem.parts[0] == "groupnorm", ["fwd", "bwd"].contains(problem.parts[1]),
                let size = problem.numbers(2, "n", "c", "hw"), size.allSatisfy({ $0 > 0 }), size[1] % GroupNormRun.groups == 0
            else { return nil }
            let run = GroupNormRun(shape: [size[0], size[2], size[2], size[1]], context: ComputeContext(threads: threads))
            return problem.parts[1] == "fwd" ? run.forwardBenchmark() : run.backwardBenchmark()
        })
}

private struct GroupNormRun {
    static let groups = 32
    static let epsilon: Float = 1e-6

    let context: ComputeContext
    let shape: gd_group_norm
    let input, scale, shift, output, statistics: Tensor
    let dOutput, dInput, dScale, dShift: Tensor

    init(shape: [Int], context: ComputeContext) {
        self.context = context
        let (batch, channels) = (shape[0], shape[3])
        self.shape = gd_group_norm(
            batch: Int64(batch), pixels: Int64(shape[1] * shape[2]), channels: Int64(channels), groups: Int64(Self.groups),
            epsilon: Self.epsilon, silu: 1)
        (input, dOutput) = (.random(shape, item: 0), .random(shape, item: 1))
        (scale, shift) = (.random([channels], item: 2), .random([channels], item: 3))
        (output, dInput) = (Tensor(shape: shape), Tensor(shape: shape))
        statistics = Tensor(shape: [batch, Self.groups, 2])
        (dScale, dShift) = (Tensor(shape: [channels]), Tensor(shape: [channels]))
    }

    func forward() {
        context.groupNormForward(
            input: input, groups: Self.groups, epsilon: Self.epsilon, scale: scale, shift: shift, activation: .silu, into: output,
            statistics: statistics)
    }

    func backward() {
        context.groupNormBackward(
            input: input, groups: Self.groups, epsilon: Self.epsilon, scale: scale, shift: shift, activation: .silu,
            statistics: statistics, dOutput: dOutput, into: dInput, accumulatingInto: dScale, dShift: dShift)
    }

    func forwardBenchmark() -> Benchmark {
        Benchmark(
            work: .bytes(2 * input.count * 4),
            verify: { () throws(VerificationError) in
                forward()
                let reference = plainForward()
                try VerificationError.check("group normalisation", relativeError(output, reference), atMost: 2e-6)
            }, run: forward)
    }

    func backwardBenchmark() -> Benchmark {
        forward()
        return Benchmark(
            work: .bytes(3 * input.count * 4),
            verify: { () throws(VerificationError) in
                backward()
                let reference = plainBackward()
                try VerificationError.check("input gradient", relativeError(dInput, reference), atMost: 4e-6)
            }, run: backward)
    }

    private func plainForward() -> Tensor {
        let (result, moments) = (Tensor(shape: input.shape), Tensor(shape: statistics.shape))
        var shape = shape
        let scratch = Tensor(shape: [Int(gd_group_norm_scratch(&shape))])
        _ = gd_f32_group_norm_forward__reference(
            &shape, input.base, scale.base, shift.base, result.base, moments.base, scratch.base, Int32(context.threads))
        return result
    }

    private func plainBackward() -> Tensor {
        let result = Tensor(shape: input.shape)
        let gradients = (Tensor(shape: scale.shape), Tensor(shape: scale.shape))
        var shape = shape
        let scratch = Tensor(shape: [Int(gd_group_norm_scratch(&shape))])
        _ = gd_f32_group_norm_backward__reference(
            &shape, input.base, statistics.base, scale.base, shift.base, dOutput.base, result.base, gradients.0.base,
            gradients.1.base, gd_group_norm_extras(), scratch.base, Int32(context.threads))
        return result
    }
}
