import Kernels

/// One step of a sampler from a timestep to an earlier one, as weights of what it mixes:
///
///     x_0       = clip(what the model's output says of the image)
///     x_t       = correction of x_t by x_0, where the sampler has one
///     x_earlier = weight x_t + weights (x_0, the x_0 of the steps before) + weight noise + deviation z
///
/// with z standard normal.
package struct SamplingStep: Sendable {
    /// A sum with weights.
    package struct Mixture: Sendable, Equatable {
        /// Weight of the sample that the step starts from; in a correction, of the one that the last step started from.
        package var sample: Double
        /// Weights of predicted images, the newest first.
        package var images: [Double]
        /// Weight of the predicted noise.
        package var noise = 0.0
        /// Standard deviation of the noise that is added; 0 adds none.
        package var deviation = 0.0
    }

    package let timestep: Int
    /// What the model's output says of image and noise at this timestep.
    package let conversion: OutputConversion
    /// What the sample is replaced by before the step, now that the image at its noise level is predicted; nil where it stays.
    package var correction: Mixture?
    /// The step.
    package let mixture: Mixture

    /// Standard deviation of the noise that the step adds; 0 adds none.
    package var deviation: Double { mixture.deviation }
}

/// How the model's output becomes an image and noise: `image = scale (sample x + output m)`, `noise = sample x + output m`.
package struct OutputConversion: Sendable, Equatable {
    package let imageOfSample: Double
    package let imageOfOutput: Double
    package let imageScale: Double
    package let noiseOfSample: Double
    package let noiseOfOutput: Double
    /// Range that images are clipped to; nil clips nothing.
    package let clipRange: Double?
    /// Goes before `clipRange`.
    package let threshold: DynamicThreshold?

    init(_ kind: PredictionKind, at level: NoiseLevel, clipRange: Double?, threshold: DynamicThreshold?) {
        let (signal, deviation) = (level.signal, level.deviation)
        switch kind {
        case .epsilon:
            (imageOfSample, imageOfOutput, imageScale, noiseOfSample, noiseOfOutput) = (1, -deviation, 1 / signal, 0, 1)
        case .velocity:
            (imageOfSample, imageOfOutput, imageScale, noiseOfSample, noiseOfOutput) = (signal, -deviation, 1, deviation, signal)
        case .sample:
            (imageOfSample, imageOfOutput, imageScale) = (0, 1, 1)
            (noiseOfSample, noiseOfOutput) = deviation > 0 ? (1 / deviation, -signal / deviation) : (0, 0)
        }
        (self.clipRange, self.threshold) = (clipRange, threshold)
    }
}
