import Foundation
import ImageFiles
import Kernels
import Model
import Records
import Report
import Storage

extension PretrainingRun {
    /// Steps between lines of `progress.jsonl`; a checkpoint and an evaluation have one, too.
    private static let recordInterval = 50

    /// Trains to the last step, saving a checkpoint at the settings' interval and at the end.
    ///
    /// - Parameter observer: sees every step, and may ask to stop after one.
    /// - Throws: `PretrainingError.interrupted` (saved) or `.diverged` (the last checkpoint stands), errors of writing.
    public func train(observer: (PretrainingProgress) -> PretrainingProgress.Wish) throws {
        let records = try files.progress()
        let log = try TensorBoardLog(files, upTo: step, records: records, events: RoundEvents.records)
        try saving {
            if step > 0 { try writeModel() }
            if step > 0, isDue(sampleEvery), !files.sampleNumbers().contains(step) { try drawSamples(log) }
        }
        let batch = Tensor(shape: trainer.model.sampleShape(count: settings.batchSize))
        let evaluator = images.heldOut.map {
            HeldOutLoss($0, isConditional: classes != nil, schedule: trainer.schedule, seed: settings.seed)
        }
        var sums = PretrainingSums()
        var progress = PretrainingProgress(settings: settings)
        while step < settings.steps {
            let start = ProcessInfo.processInfo.systemUptime
            let result = try trainOneStep(batch)
            let seconds = ProcessInfo.processInfo.systemUptime - start
            sums.add(loss: result.loss, gradientNorm: result.gradientNorm, seconds: seconds)
            progress.add(step: step, loss: result.loss, seconds: seconds)
            var stops = observer(progress) == .stop
            try saving {
                stops = try save(&sums, evaluator: evaluator, log: log, stops: stops) { share in
                    progress.evaluation = share
                    return observer(progress)
                }
            }
            progress.evaluation = nil
            if stops, step < settings.steps { throw PretrainingError.interrupted(step: step, steps: settings.steps, path: path) }
        }
        try saving { try writeResults() }
    }

    /// What is due after a step: a record, a checkpoint with the model, a sample grid.
    ///
    /// - Parameters:
    ///   - stops: whether the run ends here, and so is saved.
    ///   - evaluating: called with the share of images that is drawn for distances, which are left out where it wishes to stop.
    /// - Returns: whether the run ends here after all.
    private func save(
        _ sums: inout PretrainingSums, evaluator: HeldOutLoss?, log: TensorBoardLog, stops: Bool,
        evaluating: (_ share: Double) -> PretrainingProgress.Wish
    ) throws -> Bool {
        var stops = stops
        let isEvaluated = (evaluator != nil || distances != nil) && isDue(settings.evaluateEvery ?? 0)
        let isSaved = isDue(settings.checkpointEvery ?? PretrainingSettings.standardInterval)
        if step % Self.recordInterval == 0 || isSaved || isEvaluated || stops {
            try record(&sums, log: log) { record in
                guard isEvaluated else { return }
                try withAverage { model in
                    record.lossHeldOut = evaluator?.evaluate(model)
                    record.distances = try distances?.measure(model) { share in
                        stops = evaluating(share) == .stop || stops
                        return !stops
                    }
                }
            }
        }
        if isSaved || stops {
            try saveCheckpoint()
            try writeModel()
        }
        if isDue(sampleEvery) {
            try drawSamples(log)
            try writeReport()
        }
        if stops { try writeResults() }
        return stops
    }

    private var sampleEvery: Int { settings.sampleEvery ?? PretrainingSettings.standardInterval }

    /// Every `interval` steps and after the last; never for 0.
    private func isDue(_ interval: Int) -> Bool { interval > 0 && (step % interval == 0 || step == settings.steps) }

    private func saving(_ body: () throws -> Void) throws(PretrainingError) {
        do { try body() } catch { throw .notSaved(step: step, path: path, reason: "\(error)") }
    }

    private func trainOneStep(_ batch: Tensor) throws(PretrainingError) -> StepResult {
        let indices = images.load(step: step, into: batch)
        trainer.settings.optimizer.learningRate = settings.learningRate.rate(at: step)
        do {
            let address = StepAddress(seed: settings.seed, step: step)
            let labels = classes?.dropout.labels(indices.map(images.dataset.label), at: address)
            let result = try trainer.step(images: batch, classLabels: labels, address: address)
            step += 1
            return result
        } catch {
            throw .diverged(error, path: path)
        }
    }

    private func record(
        _ sums: inout PretrainingSums, log: TensorBoardLog, completing: (inout PretrainingRecord) throws -> Void
    ) throws {
        let rate = settings.learningRate.rate(at: step - 1)
        guard var record = sums.takeRecord(step: step, learningRate: rate, batchSize: settings.batchSize) else { return }
        try completing(&record)
        try directory.append([record], to: files.progressFile)
        try log.append(record, events: RoundEvents.records)
    }

    /// A grid by the averaged weights, always from the same noise: the same images, getting better.
    private func drawSamples(_ log: TensorBoardLog) throws {
        let grid = try SampleGrid(schedule: trainer.schedule, classes: classes?.names.count, seed: settings.seed)
        let image = withAverage { grid.draw($0) }
        try ImageFile.write(image, to: files.samplePath(step))
        try log.append(image, number: step)
        logger.info("samples \(files.samplePath(step))")
    }

    /// Lends the model with the averaged weights; it has its own ones afterwards.
    private func withAverage<Result>(_ body: (UNet) throws -> Result) rethrows -> Result {
        let parameters = trainer.model.parameters
        let current = Tensor(shape: parameters.shape)
        current.copy(from: parameters)
        if let average = trainer.average?.parameters { parameters.copy(from: average) }
        defer { parameters.copy(from: current) }
        return try body(trainer.model)
    }

    private func writeModel() throws {
        try Folder.replace(files.modelFolder) { folder in
            try checkpoint(trainer.average?.parameters ?? trainer.model.parameters).write(to: folder)
        }
    }

    /// Writes what a finished or interrupted run shows: the summary and the report.
    private func writeResults() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write([UInt8](try encoder.encode(try summary())), to: files.summaryPath)
        try writeReport()
    }

    private func writeReport() throws { try AtomicFile.write(try RunPage.html(runs: [path]), to: files.reportPath) }

    /// The last measured distances of drawn images; nil where there are none.
    public var lastDistances: ImageDistances? { get throws { try files.progress().compactMap(\.distances).last } }

    /// What the steps so far gave.
    public func summary() throws -> PretrainingSummary {
        try PretrainingSummary(version: greenDiffusionVersion, records: files.progress(), batchSize: settings.batchSize)
    }
}
