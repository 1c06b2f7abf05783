/// Why a device cannot train and send within its time budget, and what would make it possible.
public struct EnergyInfeasibility: Error, Sendable, Equatable, CustomStringConvertible {
    /// The bound that is broken.
    public enum Bound: String, Sendable, CaseIterable {
        /// Receiving alone takes longer than the budget.
        case reception = "downlink_bits"
        /// Training alone takes longer than the budget at the highest frequency.
        case frequencyMax = "frequency_max_hz"
        /// Sending alone takes longer than the budget at the highest power.
        case powerMax = "power_max_w"
        /// Each fits alone, both together do not.
        case timeBudget = "time_budget_s"
        /// An equal split of the time asks for a frequency or power outside the device's range.
        case evenSplit = "even split"
        /// Sending does not fit into the time that training at the chosen frequency leaves.
        case timeLeft = "time left"
    }

    /// The bound that is broken.
    public let bound: Bound
    /// Seconds that the broken bound allows.
    public let allowedSeconds: Double
    /// Seconds that the device needs at least or, where an even split is too long for its slowest settings, at most.
    public let neededSeconds: Double
    /// The smallest time budget that would make it feasible; nil where none does.
    public let smallestTimeBudgetSeconds: Double?
    /// The largest payload that would make it feasible; nil where none does.
    public let largestPayloadBits: Double?
    /// One clause: which bound, and by how much.
    public let explanation: String

    /// The reason and the way out in one line; suggested limits are rounded towards the feasible side.
    public var description: String {
        var waysOut: [String] = []
        if let seconds = smallestTimeBudgetSeconds { waysOut.append("a time budget of at least \(readable(seconds, .up)) s") }
        if let bits = largestPayloadBits { waysOut.append("a payload of at most \(readable(bits, .down)) bit") }
        let wayOut = waysOut.isEmpty ? "use the optimised split" : "feasible with " + waysOut.joined(separator: ", or ")
        return "\(bound.rawValue): \(explanation); \(wayOut)"
    }
}

extension EnergyInfeasibility {
    /// The reason why highest frequency and highest power together miss the budget.
    static func missedBudget(_ problem: DeviceEnergyProblem) -> Self {
        let (budget, receiving) = (problem.availableSeconds, problem.reception.seconds)
        let compute = problem.shortestComputeSeconds
        let communication = problem.shortestCommunicationSeconds
        let (bound, needed): (Bound, Double) =
            if receiving >= problem.timeBudgetSeconds {
                (.reception, receiving)
            } else if compute > budget {
                (.frequencyMax, compute)
            } else if communication > budget {
                (.powerMax, communication)
            } else {
                (.timeBudget, compute + communication)
            }
        let cause =
            switch bound {
            case .reception: "receiving takes \(readable(receiving)) s at \(readable(problem.reception.bitsPerSecond)) bit/s"
            case .frequencyMax: "training takes \(readable(compute)) s at \(readable(problem.compute.frequencyMaxHertz)) Hz"
            case .powerMax: "sending takes \(readable(communication)) s at \(readable(problem.radio.powerMaxWatts)) W"
            default: "training takes at least \(readable(compute)) s and sending at least \(readable(communication)) s"
            }
        let allowed = bound == .reception ? problem.timeBudgetSeconds : budget
        let left = receiving > 0 && bound != .reception ? "that receiving leaves" : "budget"
        return Self(
            bound: bound, allowedSeconds: allowed, neededSeconds: needed,
            smallestTimeBudgetSeconds: problem.smallestTimeBudgetSeconds, largestPayloadBits: problem.largestPayloadBits,
            explanation: "\(cause), \(readable(needed - allowed)) s over the \(readable(allowed)) s \(left)")
    }
}
