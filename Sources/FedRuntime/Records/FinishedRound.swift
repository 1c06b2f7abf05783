import Energy
import Records

/// A finished round: one line of `rounds.jsonl` and those of `devices.jsonl`, ascending by device.
package struct FinishedRound: Sendable, Equatable {
    package var record: RoundRecord
    package var devices: [DeviceRecord]

    init(_ open: OpenRound, ledger: LedgerSettings, timeBudgetSeconds: Double) {
        devices = open.participants.map { participant in
            var record = DeviceRecord(participant, round: open.round)
            record.settle(participant, ledger: ledger, modelBytes: open.broadcast.bytes)
            return record
        }
        record = RoundRecord(open, devices: devices)
        record.timeBudgetSeconds = timeBudgetSeconds
    }
}

extension RoundRecord {
    /// Sums over the round's devices, in the order given: the same to the last bit for any order of arrival.
    fileprivate init(_ open: OpenRound, devices: [DeviceRecord]) {
        self.init(round: open.round)
        let accepted = open.participants.compactMap { participant -> (samples: Double, frame: AcceptedFrame)? in
            guard case .accepted(let frame) = participant.phase else { return nil }
            return (Double(participant.device.samples), frame)
        }
        (devicesSelected, devicesAccepted, modelUpdated) = (devices.count, accepted.count, !accepted.isEmpty)
        devicesImplausible = devices.count {
            ComputeModel.isImplausible(flopsPerJoule: $0.flopsPerJoule, energyModel: $0.energyModel.flatMap(EnergyModel.init))
        }
        let models = Set(devices.compactMap(\.energyModel))
        energyModels = EnergyModel.allCases.map(\.rawValue).filter(models.contains)
        setSpent(devices)
        setSent(open, devices)
        setTrained(accepted, devices)
        setErrors(accepted, open.systemBits)
        roundTimeSeconds = open.participants.compactMap(\.secondsTaken).max() ?? 0
    }

    private mutating func setSpent(_ devices: [DeviceRecord]) {
        func sum(_ field: (DeviceRecord) -> Double?) -> Double { devices.reduce(0) { $0 + (field($1) ?? 0) } }
        energyComputeJoules = sum(\.energyComputeJoules)
        energyCommunicationJoules = sum(\.energyCommunicationJoules)
        energyTotalJoules = sum(\.energyTotalJoules)
        energyDownloadJoules = sum(\.energyDownloadJoules)
        energyIdleJoules = sum(\.energyIdleJoules)
        energySystemJoules = sum(\.energySystemJoules)
        co2Grams = devices.contains { $0.co2Grams != nil } ? sum(\.co2Grams) : nil
    }

    private mutating func setSent(_ open: OpenRound, _ devices: [DeviceRecord]) {
        uploadBytes = devices.reduce(0) { $0 + ($1.payloadBytes ?? 0) }
        downloadBytes = open.broadcast.bytes * open.participants.count { $0.assignment != nil }
        guard let sent = open.broadcast.quantized else { return }
        downloadBits = sent.bits
        downloadErrorRelative = sent.squaredNorm > 0 ? sent.expectedError / sent.squaredNorm : 0
        downloadErrorAbsolute = sent.expectedError
    }

    private mutating func setTrained(_ accepted: [(samples: Double, frame: AcceptedFrame)], _ devices: [DeviceRecord]) {
        flopsMeasured = clampedSum(devices.compactMap(\.flopsMeasured))
        flopsNominal = clampedSum(devices.compactMap(\.flopsNominal))
        let inBFloat16 = devices.compactMap(\.flopsBFloat16)
        flopsBFloat16 = inBFloat16.isEmpty ? nil : clampedSum(inBFloat16)
        samplesTrained = clampedSum(accepted.map(\.frame.training.samplesTrained))
        guard !accepted.isEmpty else { return }
        let samples = accepted.reduce(0) { $0 + $1.samples }
        loss = accepted.reduce(0) { $0 + $1.samples * $1.frame.training.loss } / samples
        bitsMean = Double(accepted.reduce(0) { $0 + $1.frame.bits }) / Double(accepted.count)
    }

    private mutating func setErrors(_ accepted: [(samples: Double, frame: AcceptedFrame)], _ systemBits: SystemBitsRecord?) {
        let samples = accepted.reduce(0) { $0 + $1.samples }
        let error = accepted.reduce(0) { $0 + $1.samples * $1.samples * $1.frame.expectedError }
        let squaredNorm = accepted.reduce(0) { $0 + $1.samples * $1.samples * $1.frame.table.squaredNorm }
        quantizationErrorRelative = squaredNorm > 0 ? error / squaredNorm : 0
        quantizationErrorAbsolute = accepted.isEmpty ? 0 : error / (samples * samples)
        (aggregateErrorBound, bitsGapRelative) = (systemBits?.aggregateErrorBound, systemBits?.gap)
    }
}

extension Participant {
    /// Receiving where plans count it, training and sending; nil where no frame was accepted.
    fileprivate var secondsTaken: Double? {
        guard case .accepted(let frame) = phase, let plan = assignment?.plan else { return nil }
        return plan.problem.reception.seconds + frame.energy.timeTotalSeconds
    }
}

/// The sum of what devices report, at most `Int.max`: a report cannot trap.
private func clampedSum(_ counts: [Int]) -> Int {
    counts.reduce(0) { sum, count in
        let (total, overflow) = sum.addingReportingOverflow(count)
        return overflow ? .max : total
    }
}
