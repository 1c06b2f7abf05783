import Kernels

/// Which step of which run: fixes every random number of that step.
package struct StepAddress: Sendable, Hashable {
    package var seed: UInt64
    /// The federated round; 0 where there is none.
    package var round: Int
    /// The device; 0 where there is none.
    package var device: Int
    /// The step within round and device, from 0.
    package var step: Int

    package init(seed: UInt64, round: Int = 0, device: Int = 0, step: Int) {
        (self.seed, self.round, self.device, self.step) = (seed, round, device, step)
    }

    /// The numbers of `stream` at this step. Streams that need several items a step take `itemsPerStep` of them.
    func random(_ stream: RandomStream, itemsPerStep: Int = 1) -> CounterRandom {
        CounterRandom(
            seed: seed, stream: stream, round: UInt32(truncatingIfNeeded: round),
            device: UInt32(truncatingIfNeeded: device), item: UInt32(truncatingIfNeeded: step * itemsPerStep))
    }
}

/// What one training step looks at: noisy images, their timesteps and what should be predicted of them [Ho20, algorithm 1].
package struct TrainingStep {
    /// x_t, `(N, H, W, C)`.
    package let sample: Tensor
    /// N, 0-based.
    package let timesteps: [Int]
    /// What the model should say: the noise, or what else the schedule's models predict, `(N, H, W, C)`.
    package let target: Tensor
    /// How much each image's error counts; nil for all alike.
    package let weights: [Double]?
    /// N of a conditional model, else nil.
    package var classLabels: [Int]?

    /// Noise of `noise` at `timesteps` on `images` x_0, all `(N, H, W, C)`.
    package init(
        images: Tensor, noise: Tensor, timesteps: [Int], schedule: NoiseSchedule, weighting: LossWeighting = .uniform
    ) {
        sample = Tensor(shape: images.shape)
        schedule.addNoise(images: images, noise: noise, timesteps: timesteps, into: sample)
        target = schedule.target(images: images, noise: noise, timesteps: timesteps)
        self.timesteps = timesteps
        weights =
            weighting == .uniform
            ? nil
            : timesteps.map { weighting.weight(signalToNoise: schedule.signalToNoise($0), schedule.configuration.prediction) }
    }

    /// Timesteps and normal noise drawn from `address`.
    package init(
        images: Tensor, address: StepAddress, schedule: NoiseSchedule, objective: TrainingObjective = TrainingObjective(),
        threads: Int = 1
    ) {
        var generator = address.random(.timestep).generator()
        let timesteps = objective.timesteps(count: images.shape[0], &generator, schedule)
        let noise = Tensor(shape: images.shape)
        noise.fillNormal(address.random(.diffusionNoise), threads: threads)
        self.init(
            images: images, noise: noise, timesteps: timesteps, schedule: schedule, weighting: objective.weighting)
    }
}
