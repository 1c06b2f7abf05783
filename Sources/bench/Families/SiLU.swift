import Kernels

extension BenchmarkFamily {
    /// `silu/fwd|bwd/n1M`: values. None is listed: a U-Net's SiLU is part of its normalisation, except for a time embedding's few values.
    static let silu = BenchmarkFamily(
        cases: [], operations: [.float32: SiLUKernel.self], smallProblem: "silu/bwd/n1k",
        make: { problem, context in
            guard problem.parts.count == 3, problem.parts[0] == "silu", ["fwd", "bwd"].contains(problem.parts[1]),
                let count = problem.numbers(2, "n")?[0], count > 0
            else { return nil }
            let isBackward = problem.parts[1] == "bwd"
            return Benchmark("SiLU", in: context, limit: .memory, tolerance: 1e-6) { context, _ in
                let (input, dOutput) = (Tensor.random([count], item: 0), Tensor.random([count], item: 1))
                let result = Tensor(shape: [count])
                return OperationRun(results: [result]) {
                    if isBackward {
                        context.siluBackward(input: input, dOutput: dOutput, into: result)
                    } else {
                        context.siluForward(input: input, into: result)
                    }
                }
            }
        })
}
