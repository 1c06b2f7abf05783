import Energy
import Foundation

/// How plans are written.
public enum PlanFormat: String, Sendable, CaseIterable {
    case table, json, csv
}

/// The time budget that devices are planned for.
public enum PlanTimeBudget: Sendable, Equatable {
    /// Each device's own.
    case asGiven
    case seconds(Double)
    /// 1.5 times the smallest at which every device is feasible.
    case automatic

    /// The devices with this time budget.
    ///
    /// - Throws: a number of seconds outside the accepted range.
    public func apply(to devices: [PlannedDevice]) throws(EnergyInputError) -> [PlannedDevice] {
        let seconds: Double
        switch self {
        case .asGiven: return devices
        case .seconds(let given): seconds = given
        case .automatic:
            guard let smallest = DeviceEnergyProblem.automaticTimeBudgetSeconds(for: devices.map(\.problem)) else {
                return devices
            }
            seconds = smallest
        }
        return try devices.map { device throws(EnergyInputError) in
            let problem = try device.problem.with(timeBudgetSeconds: seconds)
            return PlannedDevice(id: device.id, problem: problem, parameterCount: device.parameterCount)
        }
    }
}

/// The plans of a device file, in its order, and their texts.
public struct PlanDocument: Sendable {
    public let plans: [PlanEntry]

    public init(devices: [PlannedDevice], solver: EnergySolver = .fast, equations: EnergyEquations = .corrected) {
        plans = devices.map { PlanEntry($0, solver: solver, equations: equations) }
    }

    /// The plans in the given format, without a newline at the end.
    public func text(_ format: PlanFormat) throws -> String {
        switch format {
        case .json: try json()
        case .csv: csv()
        case .table: table()
        }
    }

    private func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(plans), as: UTF8.self)
    }

    private func csv() -> String {
        let keys = PlanEntry.CodingKeys.allCases.filter { $0 != .iterations }
        let lines = plans.map { plan in
            let numbers = Dictionary(uniqueKeysWithValues: plan.numbers.map { ($0.key, $0.value.map { "\($0)" } ?? "") })
            return keys.map { key in
                switch key {
                case .id: quoted(plan.id.description)
                case .feasible: "\(plan.outcome.plan != nil)"
                case .reason: quoted(plan.reason ?? "")
                default: numbers[key, default: ""]
                }
            }.joined(separator: ",")
        }
        return ([keys.map(\.rawValue).joined(separator: ",")] + lines).joined(separator: "\n")
    }

    /// A CSV field by RFC 4180.
    private func quoted(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}
