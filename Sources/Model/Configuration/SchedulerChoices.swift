/// What a model says of a noisy image `x_t = signal x_0 + deviation noise`, as diffusers' `prediction_type` names it.
public enum PredictionKind: String, Sendable, CaseIterable {
    /// The noise [Ho20].
    case epsilon
    /// `v = signal noise - deviation x_0` [Salimans22]: learns light and contrast at high noise, where the noise alone says little of them.
    case velocity = "v_prediction"
    /// The image x_0.
    case sample
}

/// How the share of noise grows with the timestep, as diffusers' `beta_schedule` names it.
public enum BetaSchedule: String, Sendable, CaseIterable {
    /// `beta` on a line [Ho20].
    case linear
    /// The root of `beta` on a line.
    case scaledLinear = "scaled_linear"
    /// The share of the image as a squared cosine, `beta` at most 0.999 [Nichol21].
    case squaredCosine = "squaredcos_cap_v2"
}

/// Brings predicted images back into range by their largest values rather than by a fixed one [Saharia22, section 2.3].
package struct DynamicThreshold: Sendable, Equatable {
    /// The share of an image's absolute values that stay inside.
    package var ratio = 0.995
    /// The largest range that an image is divided by; the smallest is 1.
    package var maximum = 1.0

    package init() {}

    /// As the paper has it: a quantile may be as large as it is.
    package static var unlimited: DynamicThreshold {
        var threshold = DynamicThreshold()
        threshold.maximum = .infinity
        return threshold
    }
}

/// How fewer sampling steps than training steps are spread, as diffusers names it.
public enum TimestepSpacing: String, Sendable, CaseIterable {
    /// Multiples of `trainTimesteps / steps` (rounded down), from 0.
    case leading
    /// The same distance counted down from the last timestep.
    case trailing
    /// Both ends included, rounded.
    case linspace
}
