import Datasets
import Kernels
import Model

/// The diffusion loss on images that no device trains on, always with the same timesteps and noise: values of different rounds
/// differ by the model alone.
struct HeldOutLoss {
    private let batches: [TrainingStep]
    private let schedule: NoiseSchedule

    /// Images that are looked at, at most.
    static let imageLimit = 128
    /// Images that are looked at together.
    static let batchSize = 32

    /// - Parameters:
    ///   - images: at least one (precondition).
    ///   - isConditional: whether the model sees their labels, none of which is hidden.
    init(_ images: any ImageDataset, isConditional: Bool, schedule: NoiseSchedule, seed: UInt64) {
        precondition(images.count > 0, "no images held out")
        self.schedule = schedule
        let count = min(images.count, Self.imageLimit)
        batches = stride(from: 0, to: count, by: Self.batchSize).map { start in
            let indices = Array(start..<min(start + Self.batchSize, count))
            let batch = Tensor(shape: [indices.count, images.size.height, images.size.width, 3])
            images.load(indices, into: batch)
            let noise = Tensor(shape: batch.shape)
            noise.fillNormal(
                CounterRandom(seed: seed, stream: .diffusionNoise, round: UInt32.max, item: UInt32(start)))
            // Evenly spread over the schedule rather than drawn: every noise level has its share.
            let timesteps = indices.map { ($0 * 2 + 1) * schedule.count / (2 * count) }
            var step = TrainingStep(images: batch, noise: noise, timesteps: timesteps, schedule: schedule)
            if isConditional { step.classLabels = indices.map(images.label) }
            return step
        }
    }

    /// Mean squared error of the predicted noise, dropout off, with the weights that `model` has. Errors of a model that predicts
    /// something else are those of the noise that follows from it.
    func evaluate(_ model: UNet) -> Double {
        var (sum, elements) = (0.0, 0)
        for batch in batches {
            let prediction = model.predictNoise(
                batch.sample, timesteps: batch.timesteps, classLabels: batch.classLabels)
            let loss = model.context.meanSquaredError(
                prediction: prediction, target: batch.target, weights: schedule.noiseErrorFactors(batch.timesteps),
                dPrediction: nil)
            sum += loss * Double(prediction.count)
            elements += prediction.count
        }
        return sum / Double(elements)
    }
}
