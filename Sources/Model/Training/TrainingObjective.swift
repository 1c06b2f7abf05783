import Foundation
import Kernels

/// How much the squared errors of each noise level count.
public enum LossWeighting: Sendable, Equatable {
    /// All alike [Ho20 eq. 14].
    case uniform
    /// Min-SNR [Hang23]: as errors of the image, weighted by the signal-to-noise ratio, at most `gamma`.
    case minSNR(gamma: Double)

    /// The weight of a squared error of what `prediction` predicts, at a signal-to-noise ratio.
    package func weight(signalToNoise ratio: Double, _ prediction: PredictionKind) -> Double {
        switch (self, prediction) {
        case (.uniform, _): 1
        // Under zero terminal SNR nothing of the image is left at the last timestep, but sampling starts there.
        case (.minSNR, _) where ratio <= 0: 1
        case (.minSNR(let gamma), .epsilon): min(ratio, gamma) / ratio
        case (.minSNR(let gamma), .velocity): min(ratio, gamma) / (ratio + 1)
        case (.minSNR(let gamma), .sample): min(ratio, gamma)
        }
    }
}

/// How often each timestep is trained on.
public enum TimestepSampling: Sendable, Equatable {
    /// All alike.
    case uniform
    /// `ln(deviation / signal)` is normal [Karras22, table 1]. With v-prediction this is the training of EDM for images of deviation 1:
    /// its preconditioning is v-prediction then, and its weights are 1.
    case logNormal(mean: Double, deviation: Double)
    /// SpeeD [Wang24]: timesteps from `threshold` on, where hardly any image is left, are `factor` times rarer than those before.
    case speed(threshold: Double, factor: Double)
}

/// What training makes small: which timesteps it looks at, and how much their errors count.
public struct TrainingObjective: Sendable, Equatable {
    /// How much errors count.
    public var weighting = LossWeighting.uniform
    /// How often timesteps come.
    public var timesteps = TimestepSampling.uniform

    /// The objective of [Ho20].
    public init() {}

    /// One timestep for each of `count` images.
    func timesteps(count: Int, _ generator: inout CounterGenerator, _ schedule: NoiseSchedule) -> [Int] {
        switch timesteps {
        case .uniform: (0..<count).map { _ in generator.nextIndex(below: schedule.count) }
        case .logNormal(let mean, let deviation):
            (0..<count).map { _ in
                let ratio = exp(mean + deviation * generator.nextNormal())
                return schedule.timestep(atRatio: ratio)
            }
        case .speed(let threshold, let factor):
            (0..<count).map { _ in
                let border = Int((threshold * Double(schedule.count)).rounded())
                let (early, late) = (factor * Double(border), Double(schedule.count - border))
                let place = generator.nextUniform(in: 0...(early + late))
                let timestep = place < early ? Int(place / factor) : border + Int(place - early)
                return min(timestep, schedule.count - 1)
            }
        }
    }
}

extension NoiseSchedule {
    /// The first timestep at which noise is at least `ratio` times the image; the last where none is.
    func timestep(atRatio ratio: Double) -> Int {
        let share = 1 / (ratio * ratio + 1)
        var (low, high) = (0, count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulativeAlphas[middle] <= share { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
