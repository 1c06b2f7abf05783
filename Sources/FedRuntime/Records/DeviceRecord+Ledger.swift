import Records

extension DeviceRecord {
    /// Adds what the round cost the device besides training and sending: receiving the global model, and waiting.
    ///
    /// Devices without a plan received nothing. Waiting counts for those that trained, from their time budget: the downlink comes
    /// before it.
    mutating func settle(_ participant: Participant, ledger: LedgerSettings, modelBytes: Int) {
        guard let plan = participant.assignment?.plan else { return }
        let device = participant.device
        let downlinkSeconds = 8 * Double(modelBytes) / ledger.downlinkBitsPerSecond
        energyDownloadJoules = device.receiverPowerWatts * downlinkSeconds
        if let trained = timeComputeSeconds {
            let waited = plan.problem.timeBudgetSeconds - trained - (timeCommunicationSeconds ?? 0)
            energyIdleJoules = device.idlePowerWatts * max(0, waited)
        }
        let system = (energyTotalJoules ?? 0) + (energyDownloadJoules ?? 0) + (energyIdleJoules ?? 0)
        energySystemJoules = system
        co2Grams = ledger.grams(joules: system)
    }
}
