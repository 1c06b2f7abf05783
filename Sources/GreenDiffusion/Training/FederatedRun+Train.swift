import FedRuntime
import Records

extension FederatedRun {
    /// Runs the rounds that are left, all devices in this process.
    ///
    /// - Parameters:
    ///   - isInterrupted: asked after each round; true ends the run there, saved. Distances that are being measured are left out.
    ///   - observer: sees every training step and every finished round.
    /// - Throws: `FederatedRunError.interrupted`, `.diverged` or `.nothingLearned`; `.stopped` around an error of writing. The
    ///   rounds before stand.
    public func train(isInterrupted: () -> Bool = { false }, observer: @escaping (RunProgress) -> Void) throws {
        try train(measuredBy: nil, isInterrupted: isInterrupted, observer: observer)
    }

    /// The same while a meter measures what this machine draws.
    package func train(
        measuredBy energyMeter: (any RoundEnergyMeter)?, isInterrupted: () -> Bool = { false },
        observer: @escaping (RunProgress) -> Void
    ) throws {
        do {
            try withoutActuallyEscaping(isInterrupted) {
                try trainRemainingRounds(energyMeter, isInterrupted: $0, observer: observer)
            }
        } catch let error as FederatedRunError {
            throw error
        } catch {
            throw FederatedRunError.stopped(reason: "\(error)", path: path)
        }
    }

    private func trainRemainingRounds(
        _ energyMeter: (any RoundEnergyMeter)?, isInterrupted: @escaping () -> Bool, observer: @escaping (RunProgress) -> Void
    ) throws {
        let rounds = try RunRounds(of: self, measuredBy: energyMeter, isInterrupted: isInterrupted, observer: observer)
        let trainer = components.makeTrainer(
            onStep: { images in rounds.meter.step(images: images) }, onTrained: { rounds.noteTraining($0) })
        var devices = LocalDevices(
            trainer: trainer, layout: server.layout, feedback: errorFeedback, threads: components.threads)
        while rounds.areLeft {
            for assignment in try rounds.begin() { try rounds.train(assignment, on: &devices) }
            try rounds.end()
            if isInterrupted(), rounds.areLeft {
                try rounds.writeResults()
                throw FederatedRunError.interrupted(round: completedRounds, rounds: configuration.rounds, path: path)
            }
        }
        try rounds.finish()
    }

    /// Of runs that have it: residuals lie in the run's folder.
    private var errorFeedback: ErrorFeedback? {
        guard configuration.errorFeedback > 0 else { return nil }
        let store = ResidualFiles(files: files, runID: server.settings.runID, layout: server.layout, threads: components.threads)
        return ErrorFeedback(store, roundsAtMost: configuration.errorFeedback, layout: server.layout)
    }
}
