import Energy
import FedRuntime

extension DeviceFields {
    /// What the processor draws by the wanted model, and its frequencies. What the device says goes before its profile.
    func processorPower() throws -> (power: ProcessorPower, frequencyMinHertz: Double, frequencyMaxHertz: Double) {
        var description = try ownProcessor()
        if description.isEmpty, let profile { description = profile.processor }
        description.table = try description.table.map(restricted)
        let rows = description.table?.rows
        let lowest = self[.frequencyMin] == nil ? rows?.first?.frequencyHertz : nil
        let highest = self[.frequencyMax] == nil ? description.table?.highestCyclesPerSecond : nil
        let frequencies = (lowest: try lowest ?? number(.frequencyMin), highest: try highest ?? number(.frequencyMax))
        let power = description.power(energyModel, frequencyMaxHertz: frequencies.highest)
        return (power, frequencies.lowest, frequencies.highest)
    }

    /// What waiting draws, where the device says that plans minimise it, too; else 0.
    func countedIdlePower() throws(Fault) -> Double { try flag(.idleCounts) ? number(.idlePower) : 0 }

    private func ownProcessor() throws -> ProcessorDescription {
        func given(_ field: DeviceField) throws(Fault) -> Double? { self[field] == nil ? nil : try number(field) }
        return ProcessorDescription(
            table: try operatingPoints(), constantWatts: try given(.powerStatic), wattsPerHertz: try given(.powerLinear),
            coefficient: try given(.energyCoefficient))
    }

    /// The rows between the frequencies that the device gives.
    private func restricted(_ table: OperatingPoints) throws -> OperatingPoints {
        guard self[.frequencyMin] != nil || self[.frequencyMax] != nil else { return table }
        let lowest = self[.frequencyMin] == nil ? 0 : try number(.frequencyMin)
        let highest = self[.frequencyMax] == nil ? Double.infinity : try number(.frequencyMax)
        let rows = table.rows.filter { $0.frequencyHertz >= lowest && $0.frequencyHertz <= highest }
        guard !rows.isEmpty else {
            throw Fault(
                .operatingPoints,
                "has no row from \(lowest) to \(highest) Hz; leave frequency_min_hz and frequency_max_hz out, or widen them")
        }
        return try OperatingPoints(rows)
    }
}
