extension RoundRecord {
    /// Sums over the round's devices, in the order given: the same to the last bit for any order of arrival.
    ///
    /// - Parameter modelBytes: bytes of the global model as it is sent to one device.
    init(round: Int, devices: [DeviceRecord], participants: [Participant], modelBytes: Int, timeBudgetSeconds: Double) {
        let accepted = participants.compactMap { participant -> (samples: Double, frame: AcceptedFrame)? in
            guard case .accepted(let frame) = participant.phase else { return nil }
            return (Double(participant.device.samples), frame)
        }
        let samples = accepted.reduce(0) { $0 + $1.samples }
        let error = accepted.reduce(0) { $0 + $1.samples * $1.samples * $1.frame.expectedError }
        let squaredNorm = accepted.reduce(0) { $0 + $1.samples * $1.samples * $1.frame.table.squaredNorm }
        func sum(_ field: (DeviceRecord) -> Double?) -> Double { devices.reduce(0) { $0 + (field($1) ?? 0) } }
        self.init(
            round: round,
            loss: accepted.isEmpty ? nil : accepted.reduce(0) { $0 + $1.samples * $1.frame.training.loss } / samples,
            lossHeldOut: nil,
            energyComputeJoules: sum(\.energyComputeJoules),
            energyCommunicationJoules: sum(\.energyCommunicationJoules),
            energyTotalJoules: sum(\.energyTotalJoules),
            energyDownloadJoules: sum(\.energyDownloadJoules),
            energyIdleJoules: sum(\.energyIdleJoules),
            energySystemJoules: sum(\.energySystemJoules),
            co2Grams: devices.contains { $0.co2Grams != nil } ? sum(\.co2Grams) : nil,
            uploadBytes: devices.reduce(0) { $0 + ($1.payloadBytes ?? 0) },
            downloadBytes: modelBytes * participants.count { $0.assignment != nil },
            roundTimeSeconds: accepted.map(\.frame.energy.timeTotalSeconds).max() ?? 0,
            timeBudgetSeconds: timeBudgetSeconds,
            wallSeconds: 0,
            bitsMean: accepted.isEmpty ? 0 : Double(accepted.reduce(0) { $0 + $1.frame.bits }) / Double(accepted.count),
            quantizationErrorRelative: squaredNorm > 0 ? error / squaredNorm : 0,
            quantizationErrorAbsolute: accepted.isEmpty ? 0 : error / (samples * samples),
            flopsMeasured: clampedSum(devices.compactMap(\.flopsMeasured)),
            flopsNominal: clampedSum(devices.compactMap(\.flopsNominal)),
            devicesSelected: devices.count,
            devicesAccepted: accepted.count,
            modelUpdated: !accepted.isEmpty,
            samplesTrained: clampedSum(accepted.map(\.frame.training.samplesTrained)))
    }
}

/// The sum of what devices report, at most `Int.max`: a report cannot trap.
private func clampedSum(_ counts: [Int]) -> Int {
    counts.reduce(0) { sum, count in
        let (total, overflow) = sum.addingReportingOverflow(count)
        return overflow ? .max : total
    }
}
