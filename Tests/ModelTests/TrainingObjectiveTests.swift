import Kernels
import Model
import Testing

/// What training makes small: targets, weights and how often timesteps come.
@Suite struct TrainingObjectiveTests {
    private static let velocity: NoiseSchedule = {
        var configuration = SchedulerConfiguration()
        configuration.prediction = .velocity
        return NoiseSchedule(configuration)
    }()

    /// From a velocity and the noisy image both the image and the noise follow.
    @Test func velocityTellsImageAndNoise() {
        let images = Tensor(shape: [3, 2], values: [0.1, -0.9, 0.5, 0.25, -1, 1])
        let noise = Tensor(shape: [3, 2], values: [1.5, -0.2, 0.3, -2, 0.7, 0.1])
        let step = TrainingStep(images: images, noise: noise, timesteps: [0, 500, 999], schedule: Self.velocity)
        for (index, timestep) in step.timesteps.enumerated() {
            let share = Self.velocity.cumulativeAlphas[timestep]
            let (signal, deviation) = (Float(share.squareRoot()), Float((1 - share).squareRoot()))
            for i in 2 * index..<2 * index + 2 {
                #expect(abs(signal * step.sample[i] - deviation * step.target[i] - images[i]) < 1e-6)
                #expect(abs(deviation * step.sample[i] + signal * step.target[i] - noise[i]) < 1e-6)
            }
        }
    }

    /// Whatever is predicted, Min-SNR weighs squared errors of the image by min(snr, gamma).
    @Test(arguments: PredictionKind.allCases, [0, 300, 700, 999])
    func minSNRWeighsErrorsOfTheImage(kind: PredictionKind, timestep: Int) {
        let schedule = NoiseSchedule()
        let (share, ratio) = (schedule.cumulativeAlphas[timestep], schedule.signalToNoise(timestep))
        // Squared error of the prediction for one of the image.
        let factor = [PredictionKind.epsilon: share / (1 - share), .velocity: 1 / (1 - share), .sample: 1][kind] ?? .nan
        let weight = LossWeighting.minSNR(gamma: 5).weight(signalToNoise: ratio, kind)
        #expect(abs(weight * factor - min(ratio, 5)) < 1e-9 * (1 + min(ratio, 5)))
        #expect(LossWeighting.uniform.weight(signalToNoise: ratio, kind) == 1)
    }

    /// Under zero terminal SNR sampling starts where nothing of the image is left: that must be learned.
    @Test func timestepsWithoutAnImageCount() {
        for kind in PredictionKind.allCases {
            #expect(LossWeighting.minSNR(gamma: 5).weight(signalToNoise: 0, kind) == 1)
        }
    }

    private func timesteps(_ sampling: TimestepSampling, batches: Int = 400) -> [Int] {
        var objective = TrainingObjective()
        objective.timesteps = sampling
        let images = Tensor(shape: [64, 1])
        return (0..<batches).flatMap { step in
            TrainingStep(
                images: images, address: StepAddress(seed: 3, step: step), schedule: NoiseSchedule(), objective: objective
            ).timesteps
        }
    }

    @Test func logNormalTimestepsHaveTheirMeanAndDeviation() {
        let schedule = NoiseSchedule()
        let seen = timesteps(.logNormal(mean: -1.2, deviation: 1.2))
        // Half of the noise levels are below the mean.
        let median = seen.sorted()[seen.count / 2]
        let ratio = (1 / schedule.signalToNoise(median)).squareRoot()
        #expect(abs(ratio - 0.3012) < 0.02, "ratio \(ratio)")
        #expect(seen.allSatisfy { (0..<1000).contains($0) })
        #expect(timesteps(.logNormal(mean: 20, deviation: 0.001), batches: 1).allSatisfy { $0 == 999 })
        #expect(timesteps(.logNormal(mean: -20, deviation: 0.001), batches: 1).allSatisfy { $0 == 0 })
    }

    @Test func speedTrainsLateTimestepsLess() {
        let seen = timesteps(.speed(threshold: 0.7, factor: 5))
        let late = Double(seen.count { $0 >= 700 }) / Double(seen.count)
        // 300 / (5 * 700 + 300), four standard deviations of 25,600 draws.
        #expect(abs(late - 300.0 / 3800) < 0.0068, "share \(late)")
        #expect(Set(seen).count > 900)
    }

    @Test func timestepsOfTheFirstVersionStay() {
        let images = Tensor(shape: [4, 1])
        let step = TrainingStep(images: images, address: StepAddress(seed: 1, step: 0), schedule: NoiseSchedule())
        var generator = CounterRandom(seed: 1, stream: .timestep).generator()
        #expect(step.timesteps == (0..<4).map { _ in generator.nextIndex(below: 1000) } && step.weights == nil)
    }
}
