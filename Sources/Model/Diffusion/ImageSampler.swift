import Kernels

/// Draws images from a model, step by step from noise.
///
/// Image `i` depends on seed and `i` alone, not on how many are drawn together.
package struct ImageSampler: Sendable {
    package enum Method: Sendable, Equatable {
        /// Ancestral sampling [Ho20, algorithm 2].
        case ddpm
        /// Denoising diffusion implicit models [Song21]; `eta` 0 is deterministic.
        case ddim(eta: Double)
        /// DPM-Solver++(2M) [Lu22]: deterministic, good from 10 steps.
        case dpmSolver
        /// The unified predictor and corrector [Zhao23]: deterministic, good from 10 steps.
        case uniPC
    }

    package let schedule: NoiseSchedule
    /// The steps, from noisy to clean.
    package let steps: [SamplingStep]

    /// - Parameters:
    ///   - steps: 1 ... the schedule's timesteps; the multistep solvers take one fewer.
    ///   - options: of the multistep solvers.
    package init(
        _ method: Method, steps count: Int, schedule: NoiseSchedule, options: SolverOptions = SolverOptions()
    ) throws(SamplingStepsError) {
        let limit = method == .dpmSolver || method == .uniPC ? schedule.count - 1 : schedule.count
        guard (1...max(limit, 1)).contains(count), limit >= 1 else { throw SamplingStepsError(steps: count, limit: limit) }
        switch method {
        case .ddpm, .ddim:
            let timesteps = schedule.samplingTimesteps(steps: count)
            steps = timesteps.indices.map { index in
                guard case .ddim(let eta) = method else {
                    return .ancestral(from: timesteps[index], to: index + 1 < count ? timesteps[index + 1] : -1, schedule)
                }
                return .implicit(from: timesteps[index], to: timesteps[index] - schedule.count / count, eta: eta, schedule)
            }
        case .dpmSolver: steps = SamplingStep.dpmSolver(steps: count, schedule, options)
        case .uniPC: steps = SamplingStep.uniPC(steps: count, schedule, options)
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
            Self.fillStart(part, seed: seed, first: first + start)
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
    ///   - observe: receives, after each step, what it took the images for; the next step writes over it.
    /// - Returns: whether all steps were done.
    package func denoise(
        _ images: Tensor, model: UNet, seed: UInt64, first: Int = 0, conditioning: Conditioning? = nil,
        progress: (Int) -> Bool = { _ in true }, observe: (Tensor) -> Void = { _ in }
    ) -> Bool {
        let noise = Tensor(shape: images.shape)
        var chain = SamplingChain(images, steps: steps)
        for (index, step) in steps.enumerated() {
            let timesteps = [Int](repeating: step.timestep, count: images.shape[0])
            let output = model.predict(images, timesteps: timesteps, first: first, conditioning)
            if step.deviation > 0 { Self.fill(noise, seed: seed, stage: index + 1, first: first) }
            chain.advance(by: step, output: output, noise: noise)
            observe(chain.predicted)
            if !progress(index + 1) { return false }
        }
        return true
    }

    /// The noise that images `first ...` of `seed` start from, `(N, H, W, C)`.
    package static func fillStart(_ images: Tensor, seed: UInt64, first: Int) {
        fill(images, seed: seed, stage: 0, first: first)
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
