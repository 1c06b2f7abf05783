import Records

extension RunSummary {
    /// What the phases took, in one line; nil for runs of earlier versions.
    package var phasesText: String? {
        phases.map { phases in
            phases.compactMap { phase in
                let devices = phase.energyDevicesJoules > 0 ? "devices \(Quantity.energy(phase.energyDevicesJoules))" : nil
                let server = phase.wallSeconds.map { seconds in
                    "here \(Quantity.time(seconds))" + (phase.energyServerJoules.map { " = \(Quantity.energy($0))" } ?? "")
                }
                let parts = [devices, server].compactMap(\.self)
                let name = phase.phase.rawValue.replacing("-", with: " ")
                return parts.isEmpty ? nil : "\(name) \(parts.joined(separator: ", "))"
            }.joined(separator: "; ")
        }
    }

    /// The energy ledger in one line; nil where the run counts no more than training and sending.
    package var ledgerText: String? {
        guard let download = energyDownloadJoules, let idle = energyIdleJoules, let system = energySystemJoules,
            download + idle > 0 || co2Grams != nil
        else { return nil }
        return "compute \(Quantity.energy(energyComputeJoules)), uplink \(Quantity.energy(energyCommunicationJoules)), "
            + "downlink \(Quantity.energy(download)), idle \(Quantity.energy(idle)): \(Quantity.energy(system)) in all"
            + (co2Grams.map { ", \(Quantity.significant($0)) g CO2" } ?? "")
            + " (modelled\(energyModels.map { " by \(EnergyModelText.names($0))" } ?? ""))"
    }
}
