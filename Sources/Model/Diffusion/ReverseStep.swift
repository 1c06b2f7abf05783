import Kernels

/// One step of a sampler from a timestep to an earlier one, as weights of what it mixes:
///
///     x_0       = clip((x_t - sqrt(1 - abar_t) prediction) / sqrt(abar_t))
///     x_earlier = imageWeight x_0 + sampleWeight x_t + predictionWeight prediction + deviation z
///
/// with z standard normal. Timestep -1 is the finished image.
package struct ReverseStep: Sendable {
    package let timestep: Int
    /// Standard deviation of the noise that the step adds; 0 adds none.
    package let deviation: Double
    private let signal: Double
    private let noiseDeviation: Double
    private let imageWeight: Double
    private let sampleWeight: Double
    private let predictionWeight: Double
    private let clipRange: Double?

    /// The posterior of the forward process given x_0 [Ho20 eq. 6, 7], with the configured variance.
    package static func ancestral(from timestep: Int, to earlier: Int, _ schedule: NoiseSchedule) -> ReverseStep {
        let (now, before) = (schedule.cumulativeAlpha(timestep), schedule.cumulativeAlpha(earlier))
        let alpha = now / before
        let variance =
            switch schedule.configuration.varianceType {
            case .fixedSmall: (1 - before) / (1 - now) * (1 - alpha)
            case .fixedLarge: 1 - alpha
            }
        return ReverseStep(
            schedule, timestep, deviation: timestep > 0 ? variance.squareRoot() : 0,
            imageWeight: before.squareRoot() * (1 - alpha) / (1 - now),
            sampleWeight: alpha.squareRoot() * (1 - before) / (1 - now), predictionWeight: 0)
    }

    /// DDIM [Song21 eq. 12, 16]: `eta` 0 is deterministic, 1 has the noise of the ancestral sampler.
    package static func implicit(
        from timestep: Int, to earlier: Int, eta: Double, _ schedule: NoiseSchedule
    ) -> ReverseStep {
        let (now, before) = (schedule.cumulativeAlpha(timestep), schedule.cumulativeAlpha(earlier))
        let variance = eta * eta * (1 - before) / (1 - now) * (1 - now / before)
        return ReverseStep(
            schedule, timestep, deviation: variance.squareRoot(), imageWeight: before.squareRoot(), sampleWeight: 0,
            predictionWeight: max(1 - before - variance, 0).squareRoot())
    }

    private init(
        _ schedule: NoiseSchedule, _ timestep: Int, deviation: Double, imageWeight: Double, sampleWeight: Double,
        predictionWeight: Double
    ) {
        (self.timestep, self.deviation) = (timestep, deviation)
        signal = schedule.cumulativeAlpha(timestep).squareRoot()
        noiseDeviation = (1 - schedule.cumulativeAlpha(timestep)).squareRoot()
        (self.imageWeight, self.sampleWeight, self.predictionWeight) = (imageWeight, sampleWeight, predictionWeight)
        clipRange = schedule.configuration.clipSampleRange
    }

    /// Replaces `sample` x_t by the earlier one. All tensors have as many elements (precondition).
    ///
    /// - Parameters:
    ///   - prediction: the model's noise.
    ///   - noise: z; not read where `deviation` is 0.
    package func apply(to sample: Tensor, prediction: Tensor, noise: Tensor) {
        precondition(sample.count == prediction.count && sample.count == noise.count, "tensors of different sizes")
        let (inverseSignal, noiseDeviation) = (Float(1 / signal), Float(noiseDeviation))
        let (imageWeight, sampleWeight) = (Float(imageWeight), Float(sampleWeight))
        let (predictionWeight, deviation) = (Float(predictionWeight), Float(deviation))
        let range = clipRange.map { Float($0) } ?? .infinity
        // SAFETY: all three address `sample.count` floats.
        let (x, e, z) = (sample.base, prediction.base, noise.base)
        for i in 0..<sample.count {
            let image = min(max((x[i] - noiseDeviation * e[i]) * inverseSignal, -range), range)
            let mean = imageWeight * image + sampleWeight * x[i] + predictionWeight * e[i]
            x[i] = deviation > 0 ? mean + deviation * z[i] : mean
        }
    }
}
