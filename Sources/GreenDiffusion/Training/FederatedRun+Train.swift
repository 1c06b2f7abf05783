import FedRuntime
import Foundation
import ImageFiles
import Kernels
import Model
import Records
import Report

extension FederatedRun {
    /// Runs the rounds that are left.
    ///
    /// - Parameters:
    ///   - isInterrupted: asked after each round; true ends the run there, saved. Distances that are being measured are left out.
    ///   - observer: sees every training step and every finished round.
    /// - Throws: `FederatedRunError.interrupted`, `.diverged` or `.nothingLearned`; `.stopped` around an error of writing. The
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
        let rounds = try files.rounds()
        let log = try TensorBoardLog(files, upTo: completedRounds, records: rounds, events: RoundEvents.records)
        let meter = ProgressMeter(completedRounds: completedRounds, last: rounds.last, observer: observer)
        let trainer = components.makeTrainer { images in meter.step(images: images) }
        var devices = LocalDevices(
            trainer: trainer, layout: server.layout, feedback: errorFeedback, threads: components.threads)
        let evaluator = components.images.heldOut.map {
            HeldOutLoss(
                $0, isConditional: components.classes != nil, schedule: components.schedule, seed: configuration.seed)
        }
        var (hasLearned, emptyRounds) = (rounds.contains { $0.modelUpdated }, 0)
        if !files.sampleNumbers().contains(completedRounds), isDue(configuration.sampleEvery, completedRounds) {
            try drawSamples(round: completedRounds, log: log)
        }
        while completedRounds < configuration.rounds {
            let finished = try runRound(&devices, evaluator: evaluator, meter: meter, isInterrupted: isInterrupted)
            try log.append(finished.record, events: RoundEvents.records)
            if isDue(configuration.sampleEvery, completedRounds) {
                try drawSamples(round: completedRounds, log: log)
                try writeReport()
            }
            hasLearned = hasLearned || finished.record.modelUpdated
            emptyRounds = finished.record.modelUpdated ? 0 : emptyRounds + 1
            meter.finishRound(finished.record, empty: EmptyRound(finished.devices))
            try stopWithoutProgress(
                finished, isStuck: emptyRounds >= (hasLearned ? Self.laterEmptyRoundLimit : Self.firstEmptyRoundLimit))
            if isInterrupted(), completedRounds < configuration.rounds {
                try writeResults()
                throw FederatedRunError.interrupted(round: completedRounds, rounds: configuration.rounds, path: path)
            }
        }
        try writeResults()
        guard !hasLearned else { return }
        let last = try files.devicesFile.read(DeviceRecord.self).filter { $0.round == completedRounds }
        if let cause = EmptyRound(last) { throw FederatedRunError.nothingLearned(round: completedRounds, cause, path: path) }
    }

    /// One round: plan, train, send, average, evaluate, save.
    private func runRound(
        _ devices: inout LocalDevices<DiffusionTrainer>, evaluator: HeldOutLoss?, meter: ProgressMeter, isInterrupted: () -> Bool
    ) throws -> FinishedRound {
        let start = ProcessInfo.processInfo.systemUptime
        let assignments = try server.begin()
        meter.beginRound(images: assignments.count * configuration.localIterations * configuration.batchSize)
        var comparison = configuration.compareSchemes ? SchemeComparison(of: server) : nil
        for assignment in assignments {
            do {
                try devices.answer(assignment, to: server) { comparison?.add($0, sent: $1) }
            } catch let error as DivergenceError {
                try server.close(device: assignment.device.id, as: .dropped, reason: "\(error)")
            }
        }
        var finished = try server.finish()
        average.update(server.global, steps: configuration.localIterations, context: components.model.context)
        let round = finished.record.round
        if isDue(configuration.evaluateEvery, round) || (round == 1 && configuration.evaluateEvery > 0) {
            try withAverage { model in
                finished.record.lossHeldOut = evaluator?.evaluate(model)
                finished.record.distances = try components.distances?.measure(model) { share in
                    meter.evaluate(share)
                    return !isInterrupted()
                }
            }
        }
        finished.record.wallSeconds = ProcessInfo.processInfo.systemUptime - start
        try append(finished.devices, to: files.devicesFile)
        try append(comparison?.records(round: round) ?? [], to: files.schemesFile)
        try append([finished.record], to: files.roundsFile)
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
        let grid = try SampleGrid(
            schedule: components.schedule, classes: components.classes?.names.count, seed: configuration.seed)
        let image = withAverage { grid.draw($0) }
        try ImageFile.write(image, to: files.samplePath(round: round))
        try log.append(image, number: round)
    }

    /// Lends the model with the averaged weights; it has the global ones afterwards, as between rounds.
    private func withAverage<Result>(_ body: (UNet) throws -> Result) rethrows -> Result {
        components.model.parameters.copy(from: average.parameters)
        defer { components.model.parameters.copy(from: server.global) }
        return try body(components.model)
    }

    /// Stops a run without progress: every device's training diverged, or no device gave an update for several rounds.
    private func stopWithoutProgress(_ finished: FinishedRound, isStuck: Bool) throws {
        guard let cause = EmptyRound(finished.devices) else { return }
        let round = finished.record.round
        // Inside one process a frame is refused or missing only where training diverged.
        if let dropped = finished.devices.first(where: { $0.status == .dropped || $0.status == .rejected }) {
            throw FederatedRunError.diverged(
                round: round, reason: "device \(dropped.label): \(dropped.reason ?? "")", path: path)
        }
        guard isStuck else { return }
        try writeResults()
        throw FederatedRunError.nothingLearned(round: round, cause, path: path)
    }

    /// Rounds without an update in a row that end a run which has learned nothing before: what is wrong then seldom mends itself.
    private static var firstEmptyRoundLimit: Int { 3 }
    /// The same for a run that has learned: its devices may have met a bad channel.
    private static var laterEmptyRoundLimit: Int { 5 }
}
