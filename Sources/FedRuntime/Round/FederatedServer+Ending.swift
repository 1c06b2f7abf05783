import Codec
import Kernels
import Records

extension FederatedServer {
    /// Ends a device's part in the open round without a frame: it dropped out, is late, or found that nothing fits into its time.
    ///
    /// - Parameters:
    ///   - training: what it reported, if it trained; its training energy counts then.
    ///   - timeNeededSeconds: the smallest time budget with which it could have sent, where time is what it lacked.
    package func close(
        device: Int, as status: DeviceRecord.Status, reason: String, training: TrainingReport? = nil,
        timeNeededSeconds: Double? = nil
    ) throws(Rejection) {
        precondition(status != .ok, "a device ends well by its frame only")
        let place = try waitingPlace(of: device)
        open?.participants[place].timeNeededSeconds = timeNeededSeconds
        open?.participants[place].phase = .closed(status, reason: reason, training)
    }

    /// Ends the round: moves `global` by the average of the accepted frames; where there are none, it stays as it is, and so do the
    /// optimiser's moments.
    ///
    /// Devices that have not answered are recorded as dropped.
    package func finish() throws(FederationError) -> FinishedRound {
        guard let round = open, let average = sum else { throw .noRoundOpen }
        if average.frameCount > 0 { update(by: average) }
        for participant in round.participants {
            guard case .accepted(let frame) = participant.phase else { continue }
            state.forecasts[participant.device.id] = DeviceForecast(
                summary: frame.table,
                executedFLOPsPerSample: Double(frame.training.executedFLOPs) / Double(frame.training.samplesTrained))
        }
        state.completedRounds = round.round
        let finished = FinishedRound(round, ledger: settings.ledger, timeBudgetSeconds: state.timeBudgetSeconds)
        abandon()
        return finished
    }

    private func update(by average: any UpdateAccumulator) {
        let optimizer = settings.aggregation.optimizer
        let mean = optimizer == .fedAvg ? global : Tensor(shape: global.shape)
        average.mean(global: global, into: mean, threads: threads)
        switch optimizer {
        case .fedAvg: break
        case .fedAvgM(let learningRate, let momentum):
            state.moments.stepFedAvgM(
                global, average: mean, learningRate: learningRate, momentum: momentum, threads: threads)
        case .fedAdam(let learningRate, let beta1):
            state.moments.stepFedAdam(global, average: mean, learningRate: learningRate, beta1: beta1, threads: threads)
        }
    }

    /// Forgets the open round, if there is one: the next `begin` opens the same round again.
    package func abandon() {
        open = nil
        sum = nil
    }
}
