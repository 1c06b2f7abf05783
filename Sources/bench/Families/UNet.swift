import Kernels
import Model

extension BenchmarkFamily {
    /// `unet/fwd|train|ddim/small|ddpm-cifar10/n8`: a prediction, a whole training step with optimiser and moving average, or one step of
    /// DDIM sampling.
    static let unet = BenchmarkFamily(
        cases: UNetConfiguration.Preset.allCases.filter { $0 != .tiny }.flatMap { preset in
            ["fwd", "train", "ddim"].map { "unet/\($0)/\(preset.rawValue)/n8" }
        }, precisions: Precision.allCases,
        make: { problem, context in
            guard problem.parts.count == 4, problem.parts[0] == "unet", ["fwd", "train", "ddim"].contains(problem.parts[1]),
                let preset = UNetConfiguration.Preset(rawValue: String(problem.parts[2])),
                let count = problem.numbers(3, "n")?[0], count > 0
            else { return nil }
            let run = try UNetRun(UNetConfiguration(preset: preset), images: count, context: context)
            return switch problem.parts[1] {
            case "fwd": run.forwardBenchmark()
            case "train": run.trainBenchmark()
            default: try run.samplingBenchmark()
            }
        })
}

/// A U-Net of fresh parameters and what it works on.
final class UNetRun {
    private static let samplingSteps = 50

    private let model: UNet
    private let images: Tensor
    private let timesteps: [Int]

    init(_ configuration: UNetConfiguration, images count: Int, context: ComputeContext) throws {
        model = try UNet(configuration, context: context)
        model.initialize(seed: 1)
        images = .random(model.sampleShape(count: count), item: 0)
        timesteps = (0..<count).map { 37 * $0 % 1000 }
    }

    var context: ComputeContext { model.context }

    func forwardBenchmark() -> Benchmark {
        let run = { [self] in _ = model.predictNoise(images, timesteps: timesteps) }
        return Benchmark(work: executed(run), images: timesteps.count, verify: verifyPrediction, run: run)
    }

    /// One of 50 steps; its predictions are verified.
    func samplingBenchmark() throws -> Benchmark {
        let sampler = try ImageSampler(.ddim(eta: 0), steps: Self.samplingSteps, schedule: NoiseSchedule())
        let step = sampler.steps[Self.samplingSteps / 5]
        let (sample, noise) = (Tensor(shape: images.shape), Tensor(shape: images.shape))
        sample.copy(from: images)
        let now = [Int](repeating: step.timestep, count: timesteps.count)
        var chain = SamplingChain(sample, steps: [step])
        let run = { [self] in chain.advance(by: step, output: model.predictNoise(sample, timesteps: now), noise: noise) }
        return Benchmark(work: executed(run), images: timesteps.count, verify: verifyPrediction, run: run)
    }

    private func verifyPrediction() throws(VerificationError) {
        let image = Tensor(viewOf: images, shape: model.sampleShape(count: 1))
        let reference = reference().predictNoise(image, timesteps: [500])
        let tolerance = context.precision == .float32 ? 1e-4 : 3e-2
        try VerificationError.check(
            "prediction", relativeError(model.predictNoise(image, timesteps: [500]), reference), atMost: tolerance)
    }

    func trainBenchmark() -> Benchmark {
        let trainer = Trainer(model: model, schedule: NoiseSchedule(), settings: TrainingSettings())
        let run = { [self] in
            do {
                try trainer.step(images: images, address: StepAddress(seed: 1, step: trainer.optimizerSteps))
            } catch { preconditionFailure("\(error)") }
        }
        return Benchmark(
            work: executed(run), images: timesteps.count,
            verify: { [self] () throws(VerificationError) in
                let tolerance = context.precision == .float32 ? 1e-3 : 3e-2
                let reference = gradients(of: reference())
                try VerificationError.check("gradients", relativeError(gradients(of: model), reference), atMost: tolerance)
            }, run: run)
    }

    /// All gradients of the loss on one image.
    private func gradients(of model: UNet) -> Tensor {
        let shape = model.sampleShape(count: 1)
        let image = Tensor(viewOf: images, shape: shape)
        model.clearGradients()
        _ = model.accumulateGradients(sample: image, timesteps: [500], target: .random(shape, item: 1))
        return model.gradients
    }

    /// The same model in float32 with every convolution as plain products, without Winograd's transforms.
    private func reference() -> UNet {
        let plain = ComputeContext(threads: context.threads)
        plain.overrides = [Conv2DKernel.direct]
        guard let reference = try? UNet(model.configuration, context: plain) else {
            preconditionFailure("a configuration that made a model makes another")
        }
        reference.parameters.copy(from: model.parameters)
        return reference
    }

    private func executed(_ run: () -> Void) -> Work {
        model.context.meter.reset()
        run()
        let meter = model.context.meter
        return .flops(nominal: meter.nominalFLOPs, executed: meter.executedFLOPs, precision: context.precision)
    }
}
