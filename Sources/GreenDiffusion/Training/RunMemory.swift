import Codec
import FedRuntime
import Kernels
import Model

/// Bytes that the arrays of a run take, from what each part of a round allocates.
///
/// A network's activations are planned by passes that compute nothing, so nothing is needed to know that much.
struct RunMemory {
    /// Parameters, gradients and global weights, and the activations of a training step: what a run has after its warm-up step.
    let afterWarmUp: Int
    /// What stays from round to round.
    fileprivate let held: Int
    /// Of a device that trains: while an update is sent, the frame comes on top.
    fileprivate let training: Int
    /// A frame's bytes are there so many times while it is made and added.
    fileprivate let copiesOfFrame: Int
    /// The most of any other part of a round.
    fileprivate let others: Int

    /// The most bytes at once, of a run whose largest frame has `frameBytes`.
    func peak(frameBytes: Int) -> Int { held + max(others, training + copiesOfFrame * frameBytes) }
}

extension RunComponents {
    /// What a run of this configuration takes.
    func memory() -> RunMemory {
        let (aggregation, parameters) = (settings.aggregation, model.layout.parameterCount * MemoryLayout<Float>.stride)
        let image = model.sampleShape(count: 1).reduce(1, *) * MemoryLayout<Float>.stride
        let step = model.activationBytes(images: configuration.batchSize, isTraining: true)
        // Parameters, gradients, global weights and their average; the weights as a quantized broadcast gives them.
        let held = parameters * (configuration.downlinkBits == nil && configuration.downlinkDemand == nil ? 4 : 5)
        // AdamW's moments and the trained weights; under error feedback what was left out; images and noise of the held-out loss.
        let heldOut = images.heldOut.map { min($0.count, HeldOutLoss.imageLimit) } ?? 0
        let working = parameters * (configuration.errorFeedback > 0 ? 4 : 3) + 2 * heldOut * image
        let isMean = aggregation.rule == .mean
        let sum = isMean ? FixedPointAccumulator.bytesPerParameter * model.layout.parameterCount : 0
        let moments = aggregation.optimizer.momentCount

        let beforeRounds = step + MachineCeilings.arrayBytes
        let averaging =
            working + sum + step + (aggregation.optimizer == .fedAvg ? 0 : parameters)
            + (isMean ? 0 : settings.devicesPerRound * (RobustAccumulator.bytesPerDevice(model.layout) + parameters))
        // Moments are copied, and the larger file of a checkpoint is read back for its hash.
        let saving = working + step + parameters * (2 * moments + 1)
        var others = [beforeRounds, averaging, saving]
        if heldOut > 0, configuration.evaluateEvery > 0 {
            let batch = min(heldOut, HeldOutLoss.batchSize)
            let pass = batch == configuration.batchSize ? step : model.activationBytes(images: batch, isTraining: false)
            others.append(working + pass + batch * image)
        }
        if configuration.sampleEvery > 0 {
            let pass = model.activationBytes(images: SampleGrid.batchSize, isTraining: false)
            others.append(working + pass + (SampleGrid.count + 2 * SampleGrid.batchSize) * image)
        }
        if let distances {
            let batch = DrawnDistances.batchSize
            let pass = batch == configuration.batchSize ? step : model.activationBytes(images: batch, isTraining: false)
            others.append(working + pass + distances.workingBytes)
        }
        return RunMemory(
            afterWarmUp: 3 * parameters + step, held: held,
            // x_0, x_t and noise of a batch.
            training: working + sum + step + 3 * configuration.batchSize * image,
            copiesOfFrame: (isMean ? 0 : settings.devicesPerRound) + (configuration.scheme == .fedAvg ? 1 : 2),
            others: others.max() ?? 0)
    }
}
