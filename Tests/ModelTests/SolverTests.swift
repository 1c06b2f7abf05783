import Kernels
import Model
import TestSupport
import Testing

/// Schedules and samplers against diffusers with its schedule and samples in float64.
@Suite struct SolverTests {
    private let fixture: Fixture

    init() throws { fixture = try Fixture("solvers.safetensors") }

    private static let schedules: [String: SchedulerConfiguration] = {
        var (scaled, cosine, zeroSNR) = (SchedulerConfiguration(), SchedulerConfiguration(), SchedulerConfiguration())
        scaled.betaSchedule = .scaledLinear
        cosine.betaSchedule = .squaredCosine
        (zeroSNR.rescalesToZeroSNR, zeroSNR.prediction) = (true, .velocity)
        return ["linear": SchedulerConfiguration(), "scaled": scaled, "cosine": cosine, "zero-snr": zeroSNR]
    }()

    @Test(arguments: schedules.keys.sorted())
    func schedule(name: String) throws {
        let schedule = NoiseSchedule(try #require(Self.schedules[name]))
        let alphas = try fixture.doubles("alphas.\(name)")
        let ours = stride(from: 0, to: schedule.count, by: 37).map { schedule.cumulativeAlphas[$0] }
        #expect(largestDifference(ours, alphas) < 1e-12)
        let last = try fixture.doubles("last-alpha.\(name)")
        #expect(largestDifference([schedule.cumulativeAlphas[schedule.count - 1]], last) < 1e-12)
    }

    private static let cases = ["ddim", "dpm++", "unipc"].flatMap { sampler in
        let spacings = ["leading", "trailing", "linspace"].flatMap { spacing in
            ["epsilon", "v_prediction", "sample"].map { "\(spacing).\($0)" }
        }
        let solvers = sampler == "ddim" ? [] : ["karras", "sigma-min", "karras.cosine", "no-lower-order", "long"]
        return (spacings + ["cosine", "zero-snr", "thresholding"] + solvers).map { "\(sampler).\($0)" }
    }

    /// What a case is called in the fixture, as settings.
    private func sampler(_ name: String, steps: Int) throws -> ImageSampler {
        let parts = name.split(separator: ".").map(String.init)
        let isDDIM = parts[0] == "ddim"
        var configuration = Self.schedules[parts.last ?? ""] ?? SchedulerConfiguration()
        configuration.timestepSpacing =
            TimestepSpacing(rawValue: parts[1]) ?? (isDDIM ? .leading : .linspace)
        if let prediction = PredictionKind(rawValue: parts.last ?? "") { configuration.prediction = prediction }
        switch parts.last {
        case "cosine": (configuration.timestepSpacing, configuration.prediction) = (.leading, .velocity)
        case "zero-snr": configuration.timestepSpacing = .trailing
        case "thresholding":
            configuration.threshold = DynamicThreshold()
            configuration.threshold?.maximum = 1.5
            configuration.timestepSpacing = .leading
        default: break
        }
        var options = SolverOptions()
        options.usesKarrasLevels = parts[1] == "karras"
        options.endsAtSmallestNoise = ["sigma-min", "no-lower-order"].contains(parts[1])
        options.lowersLastOrder = parts[1] != "no-lower-order"
        let method: ImageSampler.Method = isDDIM ? .ddim(eta: 0) : parts[0] == "dpm++" ? .dpmSolver : .uniPC
        return try ImageSampler(method, steps: steps, schedule: NoiseSchedule(configuration), options: options)
    }

    /// Every step for the predictor 0.7 x + 0.1, its weights applied in Double.
    @Test(arguments: cases)
    func trajectory(name: String) throws {
        let expected = try fixture.doubles(name)
        var chain = DoubleChain(sample: try fixture.doubles("start"))
        let count = chain.sample.count
        let sampler = try sampler(name, steps: expected.count / count)
        if let timesteps = try? fixture.integers("timesteps.\(name)") { #expect(sampler.steps.map(\.timestep) == timesteps) }
        for (index, step) in sampler.steps.enumerated() {
            chain.advance(by: step, output: chain.sample.map { 0.7 * $0 + 0.1 })
            let reference = Array(expected[index * count..<(index + 1) * count])
            #expect(largestDifference(chain.sample, reference) < 1e-9 * (1 + (reference.map(abs).max() ?? 0)), "step \(index)")
        }
    }

    /// The same steps on tensors of Float.
    @Test(arguments: cases.filter { $0.hasPrefix("unipc") || $0.contains("thresholding") })
    func trajectoryOfTensors(name: String) throws {
        let expected = try fixture.doubles(name)
        let start = try fixture.doubles("start")
        let sample = Tensor(shape: [2, start.count / 2], values: start.map { Float($0) })
        let sampler = try sampler(name, steps: expected.count / start.count)
        var chain = SamplingChain(sample, steps: sampler.steps)
        for step in sampler.steps {
            let output = Tensor(shape: sample.shape, values: sample.values.map { 0.7 * $0 + 0.1 })
            chain.advance(by: step, output: output, noise: sample)
        }
        let last = expected.suffix(start.count).map { Float($0) }
        #expect(isClose(sample.values, last, tolerance: 1e-4))
    }

    /// The 0.995 quantile of 0, 1, 2, 4 is 3.97; what lies above it is cut, all is divided by it.
    @Test func aDynamicThresholdWithoutLimitDividesByTheLargestValues() throws {
        var configuration = SchedulerConfiguration()
        (configuration.prediction, configuration.threshold) = (.sample, .unlimited)
        let sampler = try ImageSampler(.ddim(eta: 0), steps: 10, schedule: NoiseSchedule(configuration))
        let sample = Tensor(shape: [1, 4])
        var chain = SamplingChain(sample, steps: sampler.steps)
        chain.advance(by: sampler.steps[0], output: Tensor(shape: [1, 4], values: [0, 1, 2, -4]), noise: sample)
        #expect(isClose(chain.predicted.values, [0, 1 / 3.97, 2 / 3.97, -1], tolerance: 1e-6))
    }

    /// The sums that diffusers' own tests expect of ten steps of its fixed sample and model.
    @Test(arguments: [
        ("ddim", PredictionKind.epsilon, false, 172.0067 / 768, 1e-5), ("ddim", .velocity, false, 52.5302 / 768, 1e-5),
        ("dpm++", .epsilon, false, 0.3301, 1e-3), ("dpm++", .velocity, false, 0.2251, 1e-3),
        ("dpm++", .velocity, true, 0.2096, 1e-3), ("unipc", .epsilon, false, 0.2464, 1e-3),
    ])
    func closedLoop(sampler name: String, prediction: PredictionKind, karras: Bool, mean: Double, tolerance: Double) throws {
        var configuration = SchedulerConfiguration()
        configuration.prediction = prediction
        configuration.timestepSpacing = name == "ddim" ? .leading : .linspace
        var options = SolverOptions()
        options.usesKarrasLevels = karras
        options.endsAtSmallestNoise = name != "ddim"
        options.lowersLastOrder = name == "unipc"
        let method: ImageSampler.Method = name == "ddim" ? .ddim(eta: 0) : name == "dpm++" ? .dpmSolver : .uniPC
        let sampler = try ImageSampler(method, steps: 10, schedule: NoiseSchedule(configuration), options: options)
        var chain = DoubleChain(sample: (0..<768).map { Double($0) / 768 })
        for step in sampler.steps {
            let factor = Double(step.timestep) / Double(step.timestep + 1)
            chain.advance(by: step, output: chain.sample.map { $0 * factor })
        }
        let found = chain.sample.map(abs).reduce(0, +) / 768
        #expect(abs(found - mean) < tolerance, "mean \(found)")
    }
}

private func largestDifference(_ found: [Double], _ expected: [Double]) -> Double {
    found.count == expected.count ? zip(found, expected).map { abs($0 - $1) }.max() ?? 0 : .infinity
}

/// A chain of samples in Double, without noise.
private struct DoubleChain {
    private(set) var sample: [Double]
    private var images: [[Double]] = []
    private var origin: [Double] = []

    init(sample: [Double]) { self.sample = sample }

    mutating func advance(by step: SamplingStep, output: [Double]) {
        let conversion = step.conversion
        let predicted = zip(sample, output).map { x, m in
            (conversion.imageOfSample * x + conversion.imageOfOutput * m) * conversion.imageScale
        }
        let noise = zip(sample, output).map { conversion.noiseOfSample * $0 + conversion.noiseOfOutput * $1 }
        images.insert(inRange(predicted, conversion), at: 0)
        if let correction = step.correction { sample = mix(correction, origin, noise) }
        origin = sample
        sample = mix(step.mixture, sample, noise)
    }

    private func inRange(_ image: [Double], _ conversion: OutputConversion) -> [Double] {
        guard let threshold = conversion.threshold else {
            return image.map { min(max($0, -(conversion.clipRange ?? .infinity)), conversion.clipRange ?? .infinity) }
        }
        // The fixture has two images.
        return [image.prefix(image.count / 2), image.suffix(image.count / 2)].flatMap { part -> [Double] in
            let sorted = part.map(abs).sorted()
            let place = threshold.ratio * Double(sorted.count - 1)
            let (below, above) = (sorted[Int(place)], sorted[min(Int(place) + 1, sorted.count - 1)])
            let range = min(max(below + (place - place.rounded(.down)) * (above - below), 1), threshold.maximum)
            return part.map { min(max($0, -range), range) / range }
        }
    }

    private func mix(_ mixture: SamplingStep.Mixture, _ start: [Double], _ noise: [Double]) -> [Double] {
        start.indices.map { index in
            let seen = zip(mixture.images, images).reduce(0) { $0 + $1.0 * $1.1[index] }
            return mixture.sample * start[index] + seen + mixture.noise * noise[index]
        }
    }
}
