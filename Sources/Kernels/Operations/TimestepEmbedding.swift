import CKernels

/// Options of the sinusoidal embedding, named as in diffusers' `UNet2DModel` configuration.
package struct TimestepEmbeddingOptions: Sendable, Equatable {
    /// Cosines first, then sines.
    package var flipSinToCos: Bool
    /// `freq_shift`: subtracted from the number of frequencies in the exponent's denominator.
    package var frequencyShift: Float
    /// Longest period of a sinusoid over 2 pi, in timesteps.
    package var maximumPeriod: Double

    /// diffusers' names: `flip_sin_to_cos`, `freq_shift`, `max_period`.
    package init(flipSinToCos: Bool, frequencyShift: Float, maximumPeriod: Double = 10_000) {
        (self.flipSinToCos, self.frequencyShift, self.maximumPeriod) = (flipSinToCos, frequencyShift, maximumPeriod)
    }
}

extension ComputeContext {
    /// Sinusoidal embeddings of diffusion timesteps: sines then cosines of `t * maximumPeriod^(-i / (dimension/2 - frequencyShift))`.
    ///
    /// Frequencies and angles are rounded to float32 where diffusers rounds them, so that the results agree to float32 precision
    /// even for t near 1000. An odd dimension ends with a zero.
    ///
    /// - Parameters:
    ///   - timesteps: N values, 0-based.
    ///   - output: (N, dimension), overwritten.
    package func timestepEmbedding(timesteps: [Int], options: TimestepEmbeddingOptions, into output: Tensor) {
        precondition(output.shape.count == 2 && output.shape[0] == timesteps.count, "embedding of shape \(output.shape)")
        let dimension = output.shape[1]
        let half = dimension / 2
        precondition(Float(half) > options.frequencyShift, "\(half) frequencies with shift \(options.frequencyShift)")
        let (sines, cosines) = options.flipSinToCos ? (half, 0) : (0, half)
        let work = OperationWork(flops: timesteps.count * half * 3, bytes: floatBytes(output.count))
        perform("timestepEmbedding", on: ElementShape(output.count), work) {
            for i in 0..<half {
                let exponent = -Float(naturalLogarithm(options.maximumPeriod)) * Float(i) / (Float(half) - options.frequencyShift)
                let frequency = Float(exponential(Double(exponent)))
                for (n, timestep) in timesteps.enumerated() {
                    let angle = Double(Float(timestep) * frequency)
                    // SAFETY: row `n` has `dimension` elements, of which the places of sine and cosine `i` are less than `2 * half`.
                    output.base[n * dimension + sines + i] = Float(sine(angle))
                    output.base[n * dimension + cosines + i] = Float(cosine(angle))
                }
            }
            if dimension % 2 == 1 {
                for n in timesteps.indices { output[(n + 1) * dimension - 1] = 0 }
            }
            return GD_OK
        }
    }
}
