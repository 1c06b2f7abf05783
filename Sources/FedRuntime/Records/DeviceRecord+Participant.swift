import Codec
import Energy
import Records

extension DeviceRecord {
    /// What a participant did in the round, now that it ends.
    init(_ participant: Participant, round: Int) {
        self.init(
            round: round, device: participant.device.id, status: .dropped, samples: participant.device.samples)
        id = participant.device.name
        distanceMetres = participant.device.radio.distanceMetres
        (fading, shadowingDecibels) = (participant.fading, participant.device.shadowingDecibels)
        timeNeededSeconds = participant.timeNeededSeconds
        if let plan = participant.assignment?.plan {
            set(plan)
            flopsPerJoule = participant.device.processor.flopsPerJoule(of: plan)
        }
        switch participant.phase {
        case .accepted(let frame):
            status = .ok
            reason = participant.assignment?.plan.outage?.reason
            set(frame, participant)
        case .waiting(nil):
            reason = "no frame before the round ended"
        case .waiting(let refused?):
            status = refused.rejection.status
            reason = "\(refused.rejection)"
            payloadBytes = refused.frameBytes
            set(refused.training)
            setSpent(participant.assignment?.plan.energy)
        case .closed(let status, let reason, let training):
            self.status = status
            self.reason = reason
            if status == .infeasible { outageAction = .skipped }
            if let training {
                set(training)
                setComputeSpent(participant.assignment?.plan.energy)
            }
        }
    }

    /// Shares, frequency and power as planned.
    private mutating func set(_ plan: DevicePlan) {
        (bitsPlanned, payloadBytesPlanned) = (plan.bits, Int(plan.problem.payloadBits / 8))
        timeBudgetSeconds = plan.problem.timeBudgetSeconds
        outageAction = plan.outage?.action
        cyclesPerSample = plan.problem.compute.cyclesPerSample
        set(plan.energy)
        let compute = plan.problem.compute
        energyModel = compute.power.form.rawValue
        let schedule = compute.schedule(frequencyHertz: plan.energy.frequencyHertz)
        if !schedule.isEmpty {
            operatingSchedule = schedule.map { OperatingSeconds(frequencyHertz: $0.point.frequencyHertz, seconds: $0.seconds) }
        }
        energyEvenSplitJoules = plan.problem.evenSplit(finishingEarly: compute.power.form != .paper).plan?.energyTotalJoules
    }

    private mutating func set(_ plan: EnergyPlan) {
        theta = plan.theta
        pi = plan.pi
        frequencyHertz = plan.frequencyHertz
        powerWatts = plan.powerWatts
    }

    private mutating func set(_ training: TrainingReport) {
        loss = training.loss.isFinite ? training.loss : nil
        flopsMeasured = training.executedFLOPs
        flopsBFloat16 = training.bfloat16FLOPs > 0 ? training.bfloat16FLOPs : nil
        flopsNominal = training.nominalFLOPs
        feedbackRound = training.feedbackRound
    }

    private mutating func set(_ frame: AcceptedFrame, _ participant: Participant) {
        let demand = (participant.assignment?.plan.demand ?? participant.device.demand).error?.absolute(
            squaredNorm: frame.table.squaredNorm)
        bits = frame.bits
        bitsCoded = 8 * Double(frame.frameBytes) / Double(frame.parameterCount)
        payloadBytes = frame.frameBytes
        errorDemand = demand
        errorCertificate = frame.expectedError
        errorRelative = frame.table.squaredNorm > 0 ? frame.expectedError / frame.table.squaredNorm : 0
        demandMet =
            demand.map { frame.expectedError <= $0 }
            ?? (participant.device.demand.excess(bytes: frame.frameBytes, energyJoules: frame.energy.energyTotalJoules) == nil)
        set(frame.training)
        set(frame.energy)
        setSpent(frame.energy)
    }

    private mutating func setComputeSpent(_ plan: EnergyPlan?) {
        timeComputeSeconds = plan?.timeComputeSeconds
        energyComputeJoules = plan?.energyComputeJoules
        energyTotalJoules = plan?.energyComputeJoules
    }

    private mutating func setSpent(_ plan: EnergyPlan?) {
        setComputeSpent(plan)
        timeCommunicationSeconds = plan?.timeCommunicationSeconds
        energyCommunicationJoules = plan?.energyCommunicationJoules
        energyTotalJoules = plan?.energyTotalJoules
    }
}

extension DeviceRecord {
    /// Adds what the round cost the device besides training and sending: receiving the global model, and waiting.
    ///
    /// Devices without a plan received nothing. Waiting counts for those that trained, from what is left of their time budget; receiving
    /// comes before it unless plans count it.
    mutating func settle(_ participant: Participant, ledger: LedgerSettings, modelBytes: Int) {
        guard let plan = participant.assignment?.plan else { return }
        let device = participant.device
        let downlinkSeconds = 8 * Double(modelBytes) / ledger.downlinkBitsPerSecond
        (timeDownloadSeconds, energyDownloadJoules) = (downlinkSeconds, device.receiverPowerWatts * downlinkSeconds)
        if let trained = timeComputeSeconds {
            let waited = plan.problem.availableSeconds - trained - (timeCommunicationSeconds ?? 0)
            energyIdleJoules = device.idlePowerWatts * max(0, waited)
        }
        let system = (energyTotalJoules ?? 0) + (energyDownloadJoules ?? 0) + (energyIdleJoules ?? 0)
        energySystemJoules = system
        co2Grams = ledger.grams(joules: system)
    }
}

extension Rejection {
    /// How a device's round ends when this was the last word on its frame.
    fileprivate var status: DeviceRecord.Status {
        if case .late = self { .late } else { .rejected }
    }
}
