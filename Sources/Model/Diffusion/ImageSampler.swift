import Kernels

/// A number of sampling steps that the schedule does not have.
package struct SamplingStepsError: Error, Equatable, CustomStringConvertible {
    package let steps: Int
    package let limit: Int

    package var description: String { "\(steps) sampling steps, allowed are 1 to \(limit); choose a number in that range" }
}

/// Draws images from a model, step by step from noise.
///
/// Image `i` depends on seed and `i` alone, not on how many are drawn together.
package struct ImageSampler: Sendable {
    package enum Method: Sendable, Equatable {
        /// Ancestral sampling [Ho20, algorithm 2].
        case ddpm
        /// Denoising diffusion implicit models [Song21]; `eta` 0 is deterministic.
        case ddim(eta: Double)
    }

    package let schedule: NoiseSchedule
    /// The steps, from noisy to clean.
    package let steps: [ReverseStep]

    /// - Parameter steps: 1 ... the schedule's timesteps.
    package init(_ method: Method, steps count: Int, schedule: NoiseSchedule) throws(SamplingStepsError) {
        guard (1...schedule.count).contains(count) else {
            throw SamplingStepsError(steps: count, limit: schedule.count)
        }
        let timesteps = schedule.samplingTimesteps(steps: count)
        steps = timesteps.indices.map { index in
            switch method {
            case .ddpm:
                let earlier = index + 1 < count ? timesteps[index + 1] : -1
                return .ancestral(from: timesteps[index], to: earlier, schedule)
            case .ddim(let eta):
                let earlier = timesteps[index] - schedule.count / count
                return .implicit(from: timesteps[index], to: earlier, eta: eta, schedule)
            }
        }
        self.schedule = schedule
    }

    /// Images `first ..< first + count` of `seed`, `(N, H, W, C)` in about [-1, 1].
    ///
    /// - Parameters:
    ///   - conditioning: what a conditional model draws, else nil.
    ///   - batchSize: images computed together, at least 1 (precondition).
    ///   - progress: called after each step with the steps done and all steps of all batches; false stops.
    /// - Returns: nil where `progress` stopped.
    package func sample(
        _ model: UNet, count: Int, seed: UInt64, first: Int = 0, conditioning: Conditioning? = nil, batchSize: Int = 16,
        progress: (_ done: Int, _ total: Int) -> Bool = { _, _ in true }
    ) -> Tensor? {
        precondition(batchSize >= 1 && count >= 0 && first >= 0, "\(count) images in batches of \(batchSize)")
        let images = Tensor(shape: model.sampleShape(count: count))
        let imageCount = count == 0 ? 0 : images.count / count
        let batches = (count + batchSize - 1) / batchSize
        for batch in 0..<batches {
            let start = batch * batchSize
            let size = min(batchSize, count - start)
            let part = Tensor(
                viewOf: images, offset: start * imageCount, shape: model.sampleShape(count: size))
            Self.fill(part, seed: seed, stage: 0, first: first + start)
            let finished = denoise(
                part, model: model, seed: seed, first: first + start, conditioning: conditioning
            ) { done in
                progress(batch * steps.count + done, batches * steps.count)
            }
            if !finished { return nil }
        }
        return images
    }

    /// Takes `images` `(N, H, W, C)` from pure noise to images in place.
    ///
    /// - Parameters:
    ///   - first: number of the first image, for the noise of seed and the class.
    ///   - progress: called after each step with the steps done; false stops.
    /// - Returns: whether all steps were done.
    package func denoise(
        _ images: Tensor, model: UNet, seed: UInt64, first: Int = 0, conditioning: Conditioning? = nil,
        progress: (Int) -> Bool = { _ in true }
    ) -> Bool {
        let noise = Tensor(shape: images.shape)
        for (index, step) in steps.enumerated() {
            let timesteps = [Int](repeating: step.timestep, count: images.shape[0])
            let prediction = model.predict(images, timesteps: timesteps, first: first, conditioning)
            if step.deviation > 0 { Self.fill(noise, seed: seed, stage: index + 1, first: first) }
            step.apply(to: images, prediction: prediction, noise: noise)
            if !progress(index + 1) { return false }
        }
        return true
    }

    /// Normal noise, image by image: stage 0 is the start, stage `k` belongs to step `k - 1`.
    private static func fill(_ images: Tensor, seed: UInt64, stage: Int, first: Int) {
        let count = images.shape[0]
        for index in 0..<count {
            let image = Tensor(
                viewOf: images, offset: index * (images.count / count), shape: Array(images.shape.dropFirst()))
            image.fillNormal(
                CounterRandom(
                    seed: seed, stream: .sampling, round: UInt32(truncatingIfNeeded: stage),
                    item: UInt32(truncatingIfNeeded: first + index)))
        }
    }
}
