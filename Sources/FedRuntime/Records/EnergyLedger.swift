import Energy

/// What a run's energy ledger counts besides training and sending. All of it is modelled.
public struct LedgerSettings: Sendable, Equatable {
    /// Rate at which every device receives the global model.
    public var downlinkBitsPerSecond: Double
    /// Grams of CO2 that a kilowatt-hour of electricity stands for; nil counts none.
    public var gridGramsPerKilowattHour: Double?

    /// Median LTE downlink of Huang et al. 2012 unless told otherwise (docs/devices.md).
    public init(downlinkBitsPerSecond: Double = 13e6, gridGramsPerKilowattHour: Double? = nil) {
        (self.downlinkBitsPerSecond, self.gridGramsPerKilowattHour) = (downlinkBitsPerSecond, gridGramsPerKilowattHour)
    }

    func validate() throws(FederationError) {
        guard downlinkBitsPerSecond > 0, downlinkBitsPerSecond.isFinite else {
            throw .ledger(field: "downlink rate", value: downlinkBitsPerSecond, limit: "above 0")
        }
        if let grams = gridGramsPerKilowattHour, !(grams >= 0 && grams.isFinite) {
            throw .ledger(field: "grid intensity", value: grams, limit: "at least 0")
        }
    }

    /// Grams of CO2 of so many Joules.
    func grams(joules: Double) -> Double? { gridGramsPerKilowattHour.map { $0 * joules / 3.6e6 } }
}

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
