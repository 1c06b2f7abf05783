import Kernels
import Model
import TestSupport
import Testing

@Suite struct SamplerTests {
    private static let ddpmCases = ["leading", "trailing", "linspace"].flatMap { spacing in
        ["fixed_small", "fixed_large"].map { "ddpm.\(spacing).\($0)" }
    }
    private static let ddimCases = ["leading", "trailing", "linspace"].flatMap { spacing in
        ["0.0", "0.6"].map { "ddim.\(spacing).\($0)" }
    }

    /// Every step for the noise predictor 0.7 x + 0.1, from diffusers with its schedule in float64.
    @Test(arguments: ddpmCases + ddimCases + ["ddpm.leading.unclipped"])
    func trajectory(name: String) throws {
        let fixture = try Fixture("samplers.safetensors")
        let (reference, noises) = (try fixture.tensor(name), try fixture.tensor("noise"))
        let parts = name.split(separator: ".", maxSplits: 2).map(String.init)
        var configuration = SchedulerConfiguration()
        configuration.timestepSpacing = try #require(TimestepSpacing(rawValue: parts[1]))
        configuration.varianceType = SchedulerConfiguration.PosteriorVariance(rawValue: parts[2]) ?? .fixedSmall
        if parts[2] == "unclipped" { configuration.clipSampleRange = nil }
        let method = parts[0] == "ddpm" ? ImageSampler.Method.ddpm : .ddim(eta: Double(parts[2]) ?? 0)
        let sampler = try ImageSampler(method, steps: noises.shape[0], schedule: NoiseSchedule(configuration))
        #expect(sampler.steps.map(\.timestep) == (try fixture.integers("timesteps.\(parts[1])")))

        let sample = try fixture.tensor("start")
        var chain = SamplingChain(sample, steps: sampler.steps)
        for (index, step) in sampler.steps.enumerated() {
            let prediction = Tensor(shape: sample.shape, values: sample.values.map { 0.7 * $0 + 0.1 })
            let noise = Tensor(viewOf: noises, offset: index * sample.count, shape: sample.shape)
            chain.advance(by: step, output: prediction, noise: noise)
            let expected = Tensor(viewOf: reference, offset: index * sample.count, shape: sample.shape)
            #expect(isClose(sample.values, expected.values, tolerance: 2e-5), "step \(index)")
        }
    }

    @Test func imagesDoNotDependOnTheBatch() throws {
        let model = try UNet(.tiny, context: ComputeContext(threads: 1))
        model.initialize(seed: 5)
        let sampler = try ImageSampler(.ddpm, steps: 3, schedule: NoiseSchedule())
        let together = try #require(sampler.sample(model, count: 3, seed: 8))
        let apart = try #require(sampler.sample(model, count: 3, seed: 8, batchSize: 2))
        let last = try #require(sampler.sample(model, count: 1, seed: 8, first: 2))
        #expect(together.values == apart.values)
        #expect(Array(together.values.suffix(last.count)) == last.values)
        let other = try #require(sampler.sample(model, count: 3, seed: 9))
        #expect(together.values != other.values)
    }

    @Test func theLastPredictionIsTheImage() throws {
        let model = try UNet(.tiny, context: ComputeContext(threads: 1))
        model.initialize(seed: 5)
        let sampler = try ImageSampler(.dpmSolver, steps: 3, schedule: NoiseSchedule())
        let images = Tensor(shape: model.sampleShape(count: 2))
        ImageSampler.fillStart(images, seed: 4, first: 0)
        var predictions: [[Float]] = []
        let isDone = sampler.denoise(images, model: model, seed: 4) { _ in
            true
        } observe: {
            predictions.append($0.values)
        }
        #expect(isDone && predictions.count == 3 && predictions[0] != predictions[1])
        #expect(isClose(images.values, predictions[2], tolerance: 1e-5))
    }

    @Test func progressCountsAndStops() throws {
        let model = try UNet(.tiny, context: ComputeContext(threads: 1))
        let sampler = try ImageSampler(.ddim(eta: 0), steps: 2, schedule: NoiseSchedule())
        var seen: [Int] = []
        let images = sampler.sample(model, count: 3, seed: 1, batchSize: 2) { done, total in
            #expect(total == 4)
            seen.append(done)
            return done < 3
        }
        #expect(images == nil)
        #expect(seen == [1, 2, 3])
    }

    @Test(arguments: [0, -1, 1001])
    func refusesStepsOutsideTheSchedule(steps: Int) {
        let error = #expect(throws: SamplingStepsError.self) {
            try ImageSampler(.ddpm, steps: steps, schedule: NoiseSchedule())
        }
        #expect(error?.steps == steps && error?.limit == 1000)
    }
}
