import Energy

/// What `greendiff plan` says about one device; the fields of its JSON output.
public struct PlanEntry: Sendable, Encodable {
    public let id: DeviceIdentifier
    /// The plan, or the reason why there is none.
    public let outcome: EnergyOutcome
    public let evenSplit: EnergyOutcome
    /// Steps of Algorithm 1; nil for the fast solver.
    public let iterations: [Algorithm1.Iteration]?
    /// The most bits a parameter that would make an infeasible device feasible, where that is known.
    public let largestBitsPerParameter: Double?

    /// Plans one device.
    public init(_ device: PlannedDevice, solver: EnergySolver, equations: EnergyEquations) {
        id = device.id
        switch solver {
        case .fast:
            outcome = solver.solve(device.problem, equations: equations)
            iterations = nil
        case .algorithm1(let algorithm):
            let result = algorithm.solve(device.problem, equations: equations)
            outcome = result.outcome
            iterations = result.iterations
        }
        evenSplit = device.problem.evenSplit()
        if case .infeasible(let reason) = outcome, let bits = reason.largestPayloadBits, let count = device.parameterCount {
            largestBitsPerParameter = bits / count
        } else {
            largestBitsPerParameter = nil
        }
    }

    /// Why the device is infeasible, and the way out; nil where it is feasible.
    public var reason: String? {
        guard case .infeasible(let reason) = outcome else { return nil }
        let bits = largestBitsPerParameter.map { " (\(($0 * 1e4).rounded(.down) / 1e4) bits a parameter)" }
        return reason.description + (bits ?? "")
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, feasible, theta, pi
        case frequencyHertz = "frequency_hz"
        case powerWatts = "power_w"
        case timeComputeSeconds = "time_compute_s"
        case timeCommunicationSeconds = "time_communication_s"
        case energyComputeJoules = "energy_compute_j"
        case energyCommunicationJoules = "energy_communication_j"
        case energyTotalJoules = "energy_total_j"
        case energyEvenSplitJoules = "energy_even_split_j"
        case reason
        case smallestTimeBudgetSeconds = "time_budget_smallest_s"
        case largestPayloadBits = "payload_bits_largest"
        case largestBitsPerParameter = "bits_per_parameter_largest"
        case iterations
    }

    /// A step of Algorithm 1, in JSON.
    private struct IterationLine: Encodable {
        let iteration: Int
        let step: Algorithm1.Iteration

        enum CodingKeys: String, CodingKey {
            case iteration, theta, pi
            case multiplierJoules = "multiplier_j"
            case energyTotalJoules = "energy_total_j"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(iteration, forKey: .iteration)
            try container.encode(step.multiplierJoules, forKey: .multiplierJoules)
            try container.encode(step.theta, forKey: .theta)
            try container.encode(step.pi, forKey: .pi)
            try container.encode(step.energyTotalJoules, forKey: .energyTotalJoules)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(outcome.plan != nil, forKey: .feasible)
        for (key, value) in numbers { try container.encodeIfPresent(value, forKey: key) }
        try container.encodeIfPresent(reason, forKey: .reason)
        let lines = iterations?.enumerated().map { IterationLine(iteration: $0 + 1, step: $1) }
        try container.encodeIfPresent(lines, forKey: .iterations)
    }

    /// The numeric fields that apply, in the order of `CodingKeys`.
    var numbers: [(key: CodingKeys, value: Double?)] {
        let plan = outcome.plan
        var wayOut: EnergyInfeasibility?
        if case .infeasible(let reason) = outcome { wayOut = reason }
        return [
            (.theta, plan?.theta), (.pi, plan?.pi), (.frequencyHertz, plan?.frequencyHertz), (.powerWatts, plan?.powerWatts),
            (.timeComputeSeconds, plan?.timeComputeSeconds), (.timeCommunicationSeconds, plan?.timeCommunicationSeconds),
            (.energyComputeJoules, plan?.energyComputeJoules), (.energyCommunicationJoules, plan?.energyCommunicationJoules),
            (.energyTotalJoules, plan?.energyTotalJoules),
            (.energyEvenSplitJoules, evenSplit.plan?.energyTotalJoules),
            (.smallestTimeBudgetSeconds, wayOut?.smallestTimeBudgetSeconds), (.largestPayloadBits, wayOut?.largestPayloadBits),
            (.largestBitsPerParameter, largestBitsPerParameter),
        ]
    }
}
