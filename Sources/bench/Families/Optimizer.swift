import Kernels
import Model

extension BenchmarkFamily {
    /// `optimizer/ddpm-cifar10`: gradient norm, clipping, AdamW and moving average of a preset's parameters.
    static let optimizer = BenchmarkFamily(
        cases: UNetConfiguration.Preset.allCases.filter { $0 != .tiny }.map { "optimizer/\($0.rawValue)" },
        make: { problem, threads in
            guard problem.parts.count == 2, problem.parts[0] == "optimizer",
                let preset = UNetConfiguration.Preset(rawValue: String(problem.parts[1]))
            else { return nil }
            let count = UNetConfiguration(preset: preset).parameterLayout.parameterCount
            let run = OptimizerRun(count: count, threads: threads)
            let small = OptimizerRun(count: 10_007, threads: threads)
            // Reads and writes of five buffers, and one more read of the gradients for their norm.
            return Benchmark(
                work: .bytes(11 * count * MemoryLayout<Float>.stride),
                verify: { () throws(VerificationError) in try small.verify() }, run: { run.update() })
        })
}

private final class OptimizerRun {
    private static let decay: Float = 0.9999

    private let context: ComputeContext
    private let parameters, gradients, firstMoment, secondMoment, average: Tensor
    private let settings = TrainingSettings()
    private var steps = 0

    init(count: Int, threads: Int) {
        context = ComputeContext(threads: threads)
        (parameters, gradients) = (.random([count], item: 0), .random([count], item: 1))
        (firstMoment, secondMoment, average) = (Tensor(shape: [count]), Tensor(shape: [count]), Tensor(shape: [count]))
    }

    func update() {
        steps += 1
        let scale = ComputeContext.clippingScale(norm: context.gradientNorm(gradients), maximum: 1)
        context.adamWStep(
            parameters: parameters, consuming: gradients, firstMoment: firstMoment, secondMoment: secondMoment, step: steps,
            options: settings.optimizer, gradientScale: scale, average: average, averageDecay: Self.decay)
        // Updates leave gradients of zero: their first moment would fade to denormal numbers, which are slow.
        if steps % 256 == 0 { firstMoment.fill(1) }
    }

    /// The first step of AdamW moves every parameter by the learning rate against the gradient's sign, whatever the clipping.
    func verify() throws(VerificationError) {
        let before = Tensor(shape: parameters.shape, values: parameters.values)
        let gradientSigns = gradients.values.map { $0 > 0 }
        update()
        let (expected, expectedAverage) = (Tensor(shape: parameters.shape), Tensor(shape: parameters.shape))
        for index in 0..<expected.count {
            let rate = Float(settings.optimizer.learningRate)
            expected[index] = before[index] - (gradientSigns[index] ? rate : -rate)
            expectedAverage[index] = (1 - Self.decay) * expected[index]
        }
        try VerificationError.check("parameters", relativeError(parameters, expected), atMost: 1e-6)
        try VerificationError.check("moving average", relativeError(average, expectedAverage), atMost: 1e-6)
    }
}
