import Records

extension RunSummary {
    /// The energy ledger in one line; nil where the run counts no more than training and sending.
    package var ledgerText: String? {
        guard let download = energyDownloadJoules, let idle = energyIdleJoules, let system = energySystemJoules,
            download + idle > 0 || co2Grams != nil
        else { return nil }
        return "compute \(Quantity.energy(energyComputeJoules)), uplink \(Quantity.energy(energyCommunicationJoules)), "
            + "downlink \(Quantity.energy(download)), idle \(Quantity.energy(idle)): \(Quantity.energy(system)) in all"
            + (co2Grams.map { ", \(Quantity.significant($0)) g CO2" } ?? "") + " (modelled)"
    }
}
