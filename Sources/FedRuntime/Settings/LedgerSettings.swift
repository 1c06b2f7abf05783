/// What the energy ledger of a run counts besides training and sending. All of it is modelled.
package struct LedgerSettings: Sendable, Equatable {
    /// Rate at which every device receives the global model.
    package var downlinkBitsPerSecond: Double
    /// Grams of CO2 that a kilowatt-hour of electricity stands for; nil counts none.
    package var gridGramsPerKilowattHour: Double?

    /// Median LTE downlink of Huang et al. 2012 unless told otherwise (docs/devices.md).
    package init(downlinkBitsPerSecond: Double = 13e6, gridGramsPerKilowattHour: Double? = nil) {
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
