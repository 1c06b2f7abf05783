// The steps of DDPM and DDIM: each follows from the last sample alone.
extension SamplingStep {
    /// The posterior of the forward process given x_0 [Ho20 eq. 6, 7], with the configured variance. Timestep -1 is the finished image.
    package static func ancestral(from timestep: Int, to earlier: Int, _ schedule: NoiseSchedule) -> SamplingStep {
        let (now, before) = (schedule.cumulativeAlpha(timestep), schedule.cumulativeAlpha(earlier))
        let alpha = now / before
        let variance =
            switch schedule.configuration.varianceType {
            case .fixedSmall: (1 - before) / (1 - now) * (1 - alpha)
            case .fixedLarge: 1 - alpha
            }
        return SamplingStep(
            timestep, schedule,
            Mixture(
                sample: alpha.squareRoot() * (1 - before) / (1 - now),
                images: [before.squareRoot() * (1 - alpha) / (1 - now)],
                deviation: timestep > 0 ? variance.squareRoot() : 0))
    }

    /// DDIM [Song21 eq. 12, 16]: `eta` 0 is deterministic, 1 has the noise of the ancestral sampler.
    package static func implicit(
        from timestep: Int, to earlier: Int, eta: Double, _ schedule: NoiseSchedule
    ) -> SamplingStep {
        let (now, before) = (schedule.cumulativeAlpha(timestep), schedule.cumulativeAlpha(earlier))
        let variance = eta * eta * (1 - before) / (1 - now) * (1 - now / before)
        return SamplingStep(
            timestep, schedule,
            Mixture(
                sample: 0, images: [before.squareRoot()], noise: max(1 - before - variance, 0).squareRoot(),
                deviation: variance.squareRoot()))
    }

    private init(_ timestep: Int, _ schedule: NoiseSchedule, _ mixture: Mixture) {
        let share = schedule.cumulativeAlpha(timestep)
        conversion = OutputConversion(
            schedule.configuration.prediction,
            at: NoiseLevel(signal: share.squareRoot(), deviation: (1 - share).squareRoot()),
            clipRange: schedule.configuration.clipSampleRange, threshold: schedule.configuration.threshold)
        (self.timestep, self.mixture, correction) = (timestep, mixture, nil)
    }
}
