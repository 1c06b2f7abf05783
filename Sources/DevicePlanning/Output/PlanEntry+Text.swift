import Energy
import Storage

extension PlanEntry {
    /// Adds the entry as one JSON object on one line.
    func appendJSON(to text: inout TextBytes) {
        text.append("{\"id\":")
        text.append(id: id)
        text.append(plan == nil ? ",\"feasible\":false" : ",\"feasible\":true")
        for field in Field.allCases {
            if let number = number(field) {
                text.append(",\"")
                text.append(text: field.rawValue)
                text.append("\":")
                text.append(number: number)
            } else if field == .reason, let reason {
                text.append(",\"reason\":")
                text.append(quoted: reason)
            } else if field == .energyModel {
                text.append(text: ",\"energy_model\":\"\(energyModel.rawValue)\"")
            } else if field == .operatingSchedule, !schedule.isEmpty {
                appendSchedule(to: &text)
            }
        }
        if let iterations { append(iterations, to: &text) }
        text.append("}")
    }

    private func appendSchedule(to text: inout TextBytes) {
        text.append(",\"operating_schedule\":[")
        for (index, row) in schedule.enumerated() {
            if index > 0 { text.append(",") }
            text.append(text: "{\"frequency_hz\":\(row.point.frequencyHertz),\"power_w\":\(row.point.powerWatts)")
            text.append(text: ",\"time_s\":\(row.seconds)}")
        }
        text.append("]")
    }

    private func append(_ iterations: [Algorithm1.Iteration], to text: inout TextBytes) {
        text.append(",\"iterations\":[")
        for (index, step) in iterations.enumerated() {
            if index > 0 { text.append(",") }
            text.append(text: "{\"iteration\":\(index + 1),\"multiplier_j\":\(step.multiplierJoules),\"theta\":\(step.theta)")
            text.append(text: ",\"pi\":\(step.pi),\"energy_total_j\":\(step.energyTotalJoules)}")
        }
        text.append("]")
    }

    /// Adds the entry as a line of CSV cells, without a line end.
    func appendCSV(_ columns: [Field], to text: inout TextBytes) {
        for (index, column) in columns.enumerated() {
            if index > 0 { text.append(",") }
            switch column {
            case .id: text.append(cell: id.description)
            case .feasible: text.append(plan == nil ? "false" : "true")
            case .reason: text.append(cell: reason ?? "")
            case .energyModel: text.append(text: energyModel.rawValue)
            case .operatingSchedule:
                text.append(cell: schedule.map { "\($0.point.frequencyHertz):\($0.seconds)" }.joined(separator: " "))
            default: if let number = number(column) { text.append(number: number) }
            }
        }
    }
}

extension TextBytes {
    /// A device's name as a JSON value.
    package mutating func append(id: DeviceIdentifier) {
        switch id {
        case .text(let name): append(quoted: name)
        case .number(let number): append(text: "\(number)")
        }
    }
}
