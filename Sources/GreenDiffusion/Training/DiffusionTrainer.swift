import Datasets
import FedRuntime
import Foundation
import Kernels
import Model

/// Local training of every device of a run, one after another on one U-Net: the diffusion loss on the device's own images.
///
/// Each round starts with fresh optimiser moments. Order of images, timesteps, noise and hidden labels follow from (seed, round, device,
/// step) alone, so a resumed run trains as an uninterrupted one.
struct DiffusionTrainer: LocalTrainer {
    let trainer: Trainer
    /// The rate of each step of the run's rounds.
    let learningRate: LearningRateSchedule
    let dataset: any ImageDataset
    /// The images of a device, as indices of the data set; at least one.
    let shard: (_ device: Int) -> [Int]
    /// Of a conditional model, which alone sees labels; else nil.
    let labelDropout: LabelDropout?
    let seed: UInt64
    /// Called after each step with the number of images in it.
    let onStep: (_ images: Int) -> Void
    /// Called after a device has trained, or failed to, with when it did, in seconds since 1970.
    let onTrained: (_ stretch: ClosedRange<Double>) -> Void

    func train(
        from global: Tensor, assignment: Assignment, into trained: Tensor
    ) throws(DivergenceError) -> TrainingReport {
        let start = Date().timeIntervalSince1970
        // The system's clock may be set back meanwhile.
        defer { onTrained(start...max(start, Date().timeIntervalSince1970)) }
        let (model, settings) = (trainer.model, assignment.settings)
        model.parameters.copy(from: global)
        trainer.resetOptimizer()
        trainer.anchor = global
        model.context.meter.reset()
        let shard = shard(assignment.device.id)
        var order = ExampleOrder(count: shard.count, seed: seed, device: assignment.device.id)
        let images = Tensor(shape: model.sampleShape(count: settings.batchSize))
        var place = (assignment.round - 1) * settings.localIterations * settings.batchSize
        var loss = 0.0
        for step in 0..<settings.localIterations {
            let indices = (0..<settings.batchSize).map { shard[order.index(at: place + $0)] }
            dataset.load(indices, into: images)
            place += settings.batchSize
            trainer.settings.optimizer.learningRate = learningRate.rate(
                at: (assignment.round - 1) * settings.localIterations + step)
            let address = StepAddress(seed: seed, round: assignment.round, device: assignment.device.id, step: step)
            let labels = labelDropout?.labels(indices.map(dataset.label), at: address)
            loss += try trainer.step(images: images, classLabels: labels, address: address).loss
            onStep(settings.batchSize)
        }
        trained.copy(from: model.parameters)
        let meter = model.context.meter
        var report = TrainingReport(
            loss: loss / Double(settings.localIterations), samplesTrained: settings.localIterations * settings.batchSize,
            executedFLOPs: meter.executedFLOPs, nominalFLOPs: meter.nominalFLOPs)
        report.bfloat16FLOPs = meter.bfloat16FLOPs
        return report
    }
}
