import Energy

extension DeviceFields {
    /// The device's own power table; nil where it gives none.
    func operatingPoints() throws -> OperatingPoints? { try points().map { try OperatingPoints($0) } }

    /// What is odd about that table.
    var tableOddities: [TableOddity] { ((try? points()) ?? nil).map(OperatingPoints.oddities) ?? [] }

    /// The table's rows as they were given, each with its power.
    private func points() throws -> [OperatingPoint]? {
        let coefficient = self[.dynamicPowerCoefficient] == nil ? nil : try number(.dynamicPowerCoefficient)
        guard let rows = try operatingRows() else {
            guard coefficient == nil else { throw missingVoltages("operating_points is missing") }
            return nil
        }
        if let first = rows.first, let other = rows.firstIndex(where: { $0.isVoltage != first.isVoltage }) {
            throw Fault(
                .operatingPoints,
                "mixes voltages and powers: row 0 has \(first.powerColumn), row \(other) has \(rows[other].powerColumn); "
                    + "give one of them in all rows")
        }
        return try rows.indices.map { place in
            let row = rows[place]
            switch row.load {
            case .watts(let watts):
                guard coefficient == nil else {
                    throw missingVoltages("row \(place) of operating_points has \(row.powerColumn)")
                }
                return OperatingPoint(frequencyHertz: row.frequencyHertz, powerWatts: watts, cyclesScale: row.cyclesScale)
            case .volts(let volts):
                guard let coefficient else {
                    throw Fault(
                        .operatingPoints,
                        "has voltage_v \(volts) V in row \(place) without dynamic_power_coefficient; "
                            + "add it (uW/MHz/V^2), or give power_w")
                }
                return OperatingPoint(
                    frequencyHertz: row.frequencyHertz,
                    supplyVolts: try OperatingPoints.voltageRange.checked(volts, row: place),
                    dynamicPowerCoefficient: try OperatingPoints.dynamicPowerCoefficientRange.checked(coefficient),
                    cyclesScale: row.cyclesScale)
            }
        }
    }

    private func missingVoltages(_ cause: String) -> Fault {
        Fault(
            .dynamicPowerCoefficient,
            "goes with voltages, but \(cause); give voltage_v in each row of operating_points, or leave the coefficient out")
    }

    private func operatingRows() throws(Fault) -> [OperatingRow]? {
        switch self[.operatingPoints] {
        case nil: return nil
        case .points(let rows): return rows
        case .text(let text): return try Self.rows(text)
        case .number(let number): throw Fault(.operatingPoints, "is \(number); \(Self.form)")
        case .other(let value): throw Fault(.operatingPoints, "is \(value); \(Self.form)")
        }
    }

    /// Rows as a cell holds them: `5e8:0.4 1e9:0.9`.
    private static func rows(_ text: String) throws(Fault) -> [OperatingRow] {
        var rows: [OperatingRow] = []
        for part in text.split(whereSeparator: { $0 == " " || $0 == "|" || $0 == "\n" || $0 == "\t" }) {
            guard let row = OperatingRow(cell: part) else {
                throw Fault(.operatingPoints, "row \(rows.count) is \"\(String(part).excerpt)\"; \(form)")
            }
            rows.append(row)
        }
        return rows
    }

    private static let form =
        "use an array of {\"frequency_hz\": ..., \"power_w\": ...} (or voltage_v), with cycles_scale where it is not 1, or the text "
        + "HERTZ:WATTS[:SCALE] (or HERTZ:VOLTSV) for each row with blanks between"
}
