import Kernels
import Model

extension BenchmarkFamily {
    /// `optimizer/ddpm-cifar10`: gradient norm, clipping, AdamW and moving average of a preset's parameters.
    static let optimizer = BenchmarkFamily(
        cases: UNetConfiguration.Preset.allCases.filter { $0 != .tiny }.map { "optimizer/\($0.rawValue)" },
        operations: [.float32: AdamWKernel.self], smallProblem: "optimizer/tiny",
        make: { problem, context in
            guard problem.parts.count == 2, problem.parts[0] == "optimizer",
                let preset = UNetConfiguration.Preset(rawValue: String(problem.parts[1]))
            else { return nil }
            let count = UNetConfiguration(preset: preset).parameterLayout.parameterCount
            return Benchmark("optimiser step", in: context, limit: .memory, tolerance: 1e-6) {
                .optimizer(count: $1 ? 10_007 : count, $0)
            }
        })
}

extension OperationRun {
    fileprivate static func optimizer(count: Int, _ context: ComputeContext) -> OperationRun {
        let (parameters, gradients) = (Tensor.random([count], item: 0), Tensor.random([count], item: 1))
        let moments = (Tensor(shape: [count]), Tensor(shape: [count]))
        let average = Tensor(shape: [count])
        let options = TrainingSettings().optimizer
        var steps = 0
        return OperationRun(results: [parameters, average]) {
            steps += 1
            let scale = ComputeContext.clippingScale(norm: context.gradientNorm(gradients), maximum: 1)
            context.adamWStep(
                parameters: parameters, consuming: gradients, firstMoment: moments.0, secondMoment: moments.1, step: steps,
                options: options, gradientScale: scale, average: average, averageDecay: 0.9999)
            // Updates leave gradients of zero: their first moment would fade to denormal numbers, which are slow.
            if steps % 256 == 0 { moments.0.fill(1) }
        }
    }
}
