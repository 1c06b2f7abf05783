import Foundation

/// Choices of the multistep solvers, as diffusers names them; images are drawn with the defaults.
package struct SolverOptions: Sendable, Equatable {
    /// Noise levels spread in their seventh root instead of evenly in time (`use_karras_sigmas`).
    package var usesKarrasLevels = false
    /// Ends at the noise of timestep 0 rather than at none (`final_sigmas_type: sigma_min`).
    package var endsAtSmallestNoise = false
    /// Takes the last step with order 1: DPM-Solver++ where there are fewer than 15 steps, UniPC always (`lower_order_final`).
    package var lowersLastOrder = true

    package init() {}
}

// The steps of solvers that also look at the images that earlier steps predicted. Neither clips.
extension SamplingStep {
    /// DPM-Solver++(2M), midpoint [Lu22, algorithm 2].
    static func dpmSolver(steps: Int, _ schedule: NoiseSchedule, _ options: SolverOptions) -> [SamplingStep] {
        let cosine = schedule.configuration.betaSchedule == .squaredCosine
        // diffusers cuts the fraction off under this schedule, and rounds under all others.
        let (timesteps, levels) = schedule.solverLevels(
            steps: steps, options, rounding: cosine ? .towardZero : .toNearestOrEven)
        return timesteps.indices.map { index in
            let isLast = index == steps - 1
            let lowers = isLast && (!options.endsAtSmallestNoise || options.lowersLastOrder && steps < 15)
            let span = SolverSpan(levels, from: index, order: index == 0 || lowers ? 1 : 2)
            return SamplingStep(timesteps[index], levels[index], schedule, span.prediction)
        }
    }

    /// UniPC of order 2 with B(h) = expm1(h), predicting and correcting [Zhao23, algorithms 5, 6].
    static func uniPC(steps: Int, _ schedule: NoiseSchedule, _ options: SolverOptions) -> [SamplingStep] {
        let (timesteps, levels) = schedule.solverLevels(steps: steps, options, rounding: .toNearestOrEven)
        func order(_ index: Int) -> Int { index == 0 || options.lowersLastOrder && index == steps - 1 ? 1 : 2 }
        return timesteps.indices.map { index in
            let span = SolverSpan(levels, from: index, order: order(index))
            var step = SamplingStep(timesteps[index], levels[index], schedule, span.prediction)
            if index > 0 { step.correction = SolverSpan(levels, from: index - 1, order: order(index - 1)).correction }
            return step
        }
    }

    private init(_ timestep: Int, _ level: NoiseLevel, _ schedule: NoiseSchedule, _ mixture: Mixture) {
        conversion = OutputConversion(
            schedule.configuration.prediction, at: level, clipRange: nil, threshold: schedule.configuration.threshold)
        (self.timestep, self.mixture, correction) = (timestep, mixture, nil)
    }
}

/// What a solver does between two neighbouring noise levels, in the terms of [Zhao23]: `h` is how much the logarithm of the
/// signal-to-noise ratio grows by, and `image` the whole weight of predicted images.
private struct SolverSpan {
    private let order: Int
    /// `deviation_t / deviation_s`.
    private let sample: Double
    /// `-signal_t expm1(-h)`.
    private let image: Double
    private let h: Double
    /// The span before, over this one and negative: where the older image lies.
    private let older: Double

    /// From level `index` to the next.
    init(_ levels: [NoiseLevel], from index: Int, order: Int) {
        let (start, end) = (levels[index], levels[index + 1])
        self.order = order
        sample = end.deviation / start.deviation
        h = end.logRatio - start.logRatio
        image = -end.signal * expm1(-h)
        older = order == 2 ? (levels[index - 1].logRatio - start.logRatio) / h : 1
    }

    /// From the sample and the images predicted at the start and before.
    var prediction: SamplingStep.Mixture {
        guard order == 2 else { return .init(sample: sample, images: [image]) }
        let slope = 0.5 * image / older
        return .init(sample: sample, images: [image - slope, slope])
    }

    /// From the same, when the image at the end is known too: it is the newest.
    var correction: SamplingStep.Mixture {
        guard order == 2 else { return .init(sample: sample, images: [0.5 * image, 0.5 * image]) }
        let first = expm1(-h) / -h - 1
        let second = first / -h - 0.5
        let moments = (first / expm1(-h), 2 * second / expm1(-h))
        let olderWeight = (moments.0 - moments.1) / (1 - older)
        let newWeight = moments.0 - olderWeight
        let slope = image * olderWeight / older
        return .init(sample: sample, images: [image * newWeight, image - slope - image * newWeight, slope])
    }
}
