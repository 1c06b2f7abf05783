import FedRuntime
import Foundation
import ImageFiles
import Kernels
import Model
import Records

extension FederatedRun {
    /// Runs the rounds that are left.
    ///
    /// - Parameters:
    ///   - isInterrupted: asked after each round; true ends the run there, saved.
    ///   - observer: sees every training step and every finished round.
    /// - Throws: `FederatedRunError.interrupted`, `.diverged` or `.nobodyTakesPart`; `.stopped` around an error of writing. The
    ///   rounds before stand.
    public func train(isInterrupted: () -> Bool = { false }, observer: @escaping (RunProgress) -> Void) throws {
        do {
            try trainRemainingRounds(isInterrupted: isInterrupted, observer: observer)
        } catch let error as FederatedRunError {
            throw error
        } catch {
            throw FederatedRunError.stopped(reason: "\(error)", path: path)
        }
    }

    private func trainRemainingRounds(isInterrupted: () -> Bool, observer: @escaping (RunProgress) -> Void) throws {
        let rounds = try files.roundsFile.read(RoundRecord.self)
        let log = try TensorBoardLog(path: files.eventsPath, rounds: rounds)
        let meter = ProgressMeter(completedRounds: completedRounds, last: rounds.last, observer: observer)
        let trainer = components.makeTrainer { images in meter.step(images: images) }
        var devices = LocalDevices(trainer: trainer, layout: server.layout, feedback: errorFeedback)
        let evaluator = components.images.heldOut.map {
            HeldOutLoss($0, schedule: components.schedule, seed: configuration.seed)
        }
        var emptyRounds = 0
        if !files.sampledRounds().contains(completedRounds), isDue(configuration.sampleEvery, completedRounds) {
            try drawSamples(round: completedRounds, log: log)
        }
        while completedRounds < configuration.rounds {
            let finished = try runRound(&devices, evaluator: evaluator, meter: meter)
            try log.append(finished.record)
            if isDue(configuration.sampleEvery, completedRounds) {
                try drawSamples(round: completedRounds, log: log)
                try writeReport()
            }
            emptyRounds = finished.record.modelUpdated ? 0 : emptyRounds + 1
            meter.finishRound(finished.record)
            try stopWithoutProgress(finished, emptyRounds: emptyRounds)
            if isInterrupted(), completedRounds < configuration.rounds {
                try writeResults()
                throw FederatedRunError.interrupted(round: completedRounds, rounds: configuration.rounds, path: path)
            }
        }
        try writeResults()
    }

    /// One round: plan, train, send, average, evaluate, save.
    private func runRound(
        _ devices: inout LocalDevices<DiffusionTrainer>, evaluator: HeldOutLoss?, meter: ProgressMeter
    ) throws -> FinishedRound {
        let start = ProcessInfo.processInfo.systemUptime
        let assignments = try server.begin()
        meter.beginRound(images: assignments.count * configuration.localIterations * configuration.batchSize)
        var comparison = configuration.compareSchemes ? SchemeComparison(of: server) : nil
        for assignment in assignments {
            do {
                try devices.answer(assignment, to: server) { comparison?.add($0) }
            } catch let error as DivergenceError {
                try server.close(device: assignment.device.id, as: .dropped, reason: "\(error)")
            }
        }
        var finished = try server.finish()
        average.update(server.global, steps: configuration.localIterations, context: components.model.context)
        let round = finished.record.round
        if let evaluator, isDue(configuration.evaluateEvery, round) || (round == 1 && configuration.evaluateEvery > 0) {
            finished.record.lossHeldOut = withAverage { evaluator.evaluate($0) }
        }
        finished.record.wallSeconds = ProcessInfo.processInfo.systemUptime - start
        try files.devicesFile.append(finished.devices)
        try files.schemesFile.append(comparison?.records(round: round) ?? [])
        try files.roundsFile.append([finished.record])
        try saveCheckpoint()
        return finished
    }

    /// Of runs that have it: residuals lie in the run's folder.
    private var errorFeedback: ErrorFeedback? {
        guard configuration.errorFeedback > 0 else { return nil }
        let store = ResidualFiles(files: files, runID: server.settings.runID, layout: server.layout, threads: components.threads)
        return ErrorFeedback(store, roundsAtMost: configuration.errorFeedback, layout: server.layout)
    }

    /// Every `interval` rounds and in the last; never for 0.
    private func isDue(_ interval: Int, _ round: Int) -> Bool {
        interval > 0 && (round % interval == 0 || round == configuration.rounds)
    }

    /// Draws the sample grid of a round with the averaged weights.
    private func drawSamples(round: Int, log: TensorBoardLog) throws {
        let grid = try SampleGrid(schedule: components.schedule, seed: configuration.seed)
        let image = withAverage { grid.draw($0) }
        try ImageFile.write(image, to: files.samplePath(round: round))
        try log.append(image, round: round)
    }

    /// Lends the model with the averaged weights; it has the global ones afterwards, as between rounds.
    private func withAverage<Result>(_ body: (UNet) -> Result) -> Result {
        components.model.parameters.copy(from: average.parameters)
        defer { components.model.parameters.copy(from: server.global) }
        return body(components.model)
    }

    /// Stops a run without progress: every device's training diverged, or nobody took part for several rounds.
    private func stopWithoutProgress(_ finished: FinishedRound, emptyRounds: Int) throws {
        guard emptyRounds > 0 else { return }
        let round = finished.record.round
        // Inside one process a frame is refused or missing only where training diverged.
        if let dropped = finished.devices.first(where: { $0.status == .dropped || $0.status == .rejected }) {
            throw FederatedRunError.diverged(
                round: round, reason: "device \(dropped.label): \(dropped.reason ?? "")", path: path)
        }
        guard emptyRounds >= Self.emptyRoundLimit else { return }
        let reason = finished.devices.first.flatMap { device in device.reason.map { "device \(device.label): \($0)" } }
        throw FederatedRunError.nobodyTakesPart(round: round, reason: reason ?? "no reason given", path: path)
    }

    private static var emptyRoundLimit: Int { 5 }
}
