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

    private func operatingPoints() throws -> OperatingPoints? {
        switch self[.operatingPoints] {
        case nil: return nil
        case .points(let rows): return try OperatingPoints(rows)
        case .text(let text): return try OperatingPoints(Self.rows(text))
        case .number(let number): throw Fault(.operatingPoints, "is \(number); \(Self.form)")
        case .other(let value): throw Fault(.operatingPoints, "is \(value); \(Self.form)")
        }
    }

    /// Rows as a cell holds them: `5e8:0.4 1e9:0.9`.
    private static func rows(_ text: String) throws(Fault) -> [OperatingPoint] {
        var rows: [OperatingPoint] = []
        for part in text.split(whereSeparator: { $0 == " " || $0 == "|" || $0 == "\n" || $0 == "\t" }) {
            let numbers = part.split(separator: ":", omittingEmptySubsequences: false).map { DecimalNumber.value(String($0)) }
            guard (2...3).contains(numbers.count), let hertz = numbers[0], let watts = numbers[1],
                numbers.count == 2 || numbers[2] != nil
            else { throw Fault(.operatingPoints, "row \(rows.count) is \"\(String(part).excerpt)\"; \(form)") }
            rows.append(
                OperatingPoint(frequencyHertz: hertz, powerWatts: watts, cyclesScale: numbers.count == 3 ? numbers[2] ?? 1 : 1))
        }
        return rows
    }

    private static let form =
        "use an array of {\"frequency_hz\": ..., \"power_w\": ...}, with cycles_scale where it is not 1, or the text HERTZ:WATTS[:SCALE] for each "
        + "row with blanks between"
}
