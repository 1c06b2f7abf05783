import Kernels

extension BenchmarkFamily {
    private static let groups = 32

    /// `groupnorm/fwd|bwd/n8c128hw32`: 32 groups, fused with SiLU.
    static let groupNorm = BenchmarkFamily(
        cases: ["n8c128hw32", "n8c256hw16"].flatMap { size in ["fwd", "bwd"].map { "groupnorm/\($0)/\(size)" } },
        precisions: Precision.allCases, operations: [.float32: GroupNormKernel.self], smallProblem: "groupnorm/bwd/n2c32hw4",
        make: { problem, context in
            guard problem.parts.count == 3, problem.parts[0] == "groupnorm", ["fwd", "bwd"].contains(problem.parts[1]),
                let size = problem.numbers(2, "n", "c", "hw"), size.allSatisfy({ $0 > 0 }), size[1] % groups == 0
            else { return nil }
            let isBackward = problem.parts[1] == "bwd"
            return Benchmark(
                isBackward ? "input gradient" : "group normalisation", in: context, limit: .memory,
                tolerance: isBackward ? 4e-6 : 2e-6
            ) { context, _ in
                .groupNorm([size[0], size[2], size[2], size[1]], groups: groups, isBackward: isBackward, context)
            }
        })
}

extension OperationRun {
    fileprivate static func groupNorm(
        _ shape: [Int], groups: Int, isBackward: Bool, _ context: ComputeContext
    ) -> OperationRun {
        let (epsilon, channels): (Float, _) = (1e-6, [shape[3]])
        let precision = context.precision
        let input = Tensor.random(shape, item: 0, precision)
        let (scale, shift) = (Tensor.random(channels, item: 2), Tensor.random(channels, item: 3))
        let (output, statistics) = (Tensor(shape: shape, precision: precision), Tensor(shape: [shape[0], groups, 2]))
        let forward = {
            context.groupNormForward(
                input: input, groups: groups, epsilon: epsilon, scale: scale, shift: shift, activation: .silu, into: output,
                statistics: statistics)
        }
        guard isBackward else { return OperationRun(results: [output], run: forward) }
        forward()
        let (dOutput, dInput) = (Tensor.random(shape, item: 1, precision), Tensor(shape: shape, precision: precision))
        let (dScale, dShift) = (Tensor(shape: channels), Tensor(shape: channels))
        return OperationRun(results: [dInput]) {
            context.groupNormBackward(
                input: input, groups: groups, epsilon: epsilon, scale: scale, shift: shift, activation: .silu,
                statistics: statistics, dOutput: dOutput, into: dInput, accumulatingInto: dScale, dShift: dShift)
        }
    }
}
