import Kernels

/// Samples on their way from noise to images, and what earlier steps leave for later ones.
package struct SamplingChain {
    /// x_t, `(N, ...)`; steps change it in place.
    package let sample: Tensor
    /// Predicted images, the newest first; as many as a step looks at.
    private var images: [Tensor]
    /// What the last step started from; nil where no step corrects.
    private let origin: Tensor?

    /// From `sample`, through `steps`.
    package init(_ sample: Tensor, steps: [SamplingStep]) {
        self.sample = sample
        let depth = steps.map { max($0.mixture.images.count, $0.correction?.images.count ?? 0) }.max() ?? 0
        images = (0..<max(depth, 1)).map { _ in Tensor(shape: sample.shape) }
        origin = steps.contains { $0.correction != nil } ? Tensor(shape: sample.shape) : nil
    }

    /// What the last step took the samples for, free of noise; the next step writes over it.
    package var predicted: Tensor { images[0] }

    /// Takes one step.
    ///
    /// - Parameters:
    ///   - output: what the model says of `sample`.
    ///   - noise: z; not read where the step adds none.
    package mutating func advance(by step: SamplingStep, output: Tensor, noise: Tensor) {
        precondition(sample.count == output.count && sample.count == noise.count, "tensors of different sizes")
        if let last = images.popLast() { images.insert(last, at: 0) }
        predictImages(step.conversion, output)
        if let origin {
            if let correction = step.correction { mix(correction, origin, output, step.conversion, noise, into: sample) }
            origin.copy(from: sample)
        }
        mix(step.mixture, sample, output, step.conversion, noise, into: sample)
    }

    private func predictImages(_ conversion: OutputConversion, _ output: Tensor) {
        let (sampleWeight, outputWeight) = (Float(conversion.imageOfSample), Float(conversion.imageOfOutput))
        let scale = Float(conversion.imageScale)
        let range = conversion.threshold == nil ? conversion.clipRange.map { Float($0) } ?? .infinity : .infinity
        // SAFETY: all address `sample.count` floats.
        let (x, m, image) = (sample.base, output.base, images[0].base)
        for i in 0..<sample.count {
            image[i] = min(max((sampleWeight * x[i] + outputWeight * m[i]) * scale, -range), range)
        }
        if let threshold = conversion.threshold { threshold.apply(to: images[0]) }
    }

    private func mix(
        _ mixture: SamplingStep.Mixture, _ start: Tensor, _ output: Tensor, _ conversion: OutputConversion, _ noise: Tensor,
        into result: Tensor
    ) {
        let (sampleWeight, noiseWeight, deviation) = (Float(mixture.sample), Float(mixture.noise), Float(mixture.deviation))
        let (noiseOfSample, noiseOfOutput) = (Float(conversion.noiseOfSample), Float(conversion.noiseOfOutput))
        let imageWeight = Float(mixture.images[0])
        // SAFETY: all address `sample.count` floats; each element is read before it is written.
        let (x, m, z, image, target) = (start.base, output.base, noise.base, images[0].base, result.base)
        for i in 0..<sample.count {
            let mean = imageWeight * image[i] + sampleWeight * x[i] + noiseWeight * (noiseOfSample * x[i] + noiseOfOutput * m[i])
            target[i] = deviation > 0 ? mean + deviation * z[i] : mean
        }
        for (weight, older) in zip(mixture.images, images).dropFirst() {
            let (weight, image) = (Float(weight), older.base)
            for i in 0..<sample.count { target[i] += weight * image[i] }
        }
    }
}

extension DynamicThreshold {
    /// Clips each image to a quantile of its absolute values, at least 1, and divides by it.
    func apply(to images: Tensor) {
        let elements = images.count / images.shape[0]
        for start in stride(from: 0, to: images.count, by: elements) {
            let image = Tensor(viewOf: images, offset: start, shape: [elements])
            let sorted = image.values.map(abs).sorted()
            let place = ratio * Double(elements - 1)
            let below = Int(place)
            let quantile =
                sorted[below] + Float(place - Double(below)) * (sorted[min(below + 1, elements - 1)] - sorted[below])
            let range = min(max(quantile, 1), Float(maximum))
            image.withMutableSpan { values in
                for i in values.indices { values[i] = min(max(values[i], -range), range) / range }
            }
        }
    }
}
