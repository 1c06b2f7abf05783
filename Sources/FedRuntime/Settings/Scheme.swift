import Codec
import Energy

/// How bits are chosen and how a device's time is split between training and sending.
package enum Scheme: Sendable, Hashable {
    /// Bits by each device's demand, the energy-optimal split of its time.
    case onDemand
    /// Bits at which all devices of a round together need the least energy for an error of the aggregate, the energy-optimal split. The
    /// error is relative, `sum p_k^2*D_k` over `sum p_k^2*||w_k||^2`; nil stands for what the devices' own demands add up to.
    case onDemandSystem(aggregateError: Double?)
    /// The same bits for all, half of the time for each: the paper's baselines.
    case fixed(bits: Int)
    /// Exact float32 values, half of the time for each.
    case fedAvg

    /// What a run is compared with: the paper's baselines, on-demand first.
    package static let compared: [Scheme] = [.onDemand, .fixed(bits: 6), .fixed(bits: 7), .fixed(bits: 8), .fedAvg]

    /// Bits per parameter of exact values.
    package static let exactBits = 32

    /// E.g. `on-demand`, `fixed-8`, `fedavg-32`.
    package var name: String {
        switch self {
        case .onDemand: "on-demand"
        case .onDemandSystem: "on-demand-system"
        case .fixed(let bits): "fixed-\(bits)"
        case .fedAvg: "fedavg-\(Self.exactBits)"
        }
    }

    /// Whether bits follow from errors, and time is split for the least energy.
    var isOnDemand: Bool {
        switch self {
        case .onDemand, .onDemandSystem: true
        case .fixed, .fedAvg: false
        }
    }

    /// The widths that `device` may send, in the order in which they are tried: the one that the demand asks for, then narrower ones.
    ///
    /// On demand, the first is the smallest accepted width that the rule allows, or the largest accepted where the rule allows none or the
    /// demand is a budget.
    func bitCandidates(
        for device: FederatedDevice, demand: DeviceDemand, summary: ErrorSummary, rule: BitRule
    ) -> [Int] {
        switch self {
        case .onDemand, .onDemandSystem:
            let accepted = device.acceptedBits
            let wanted = demand.error.flatMap { summary.smallestBits(accepted: accepted, demand: $0, rule: rule) }
            return (accepted.lowerBound...(wanted ?? accepted.upperBound)).reversed()
        case .fixed(let bits): return [bits]
        case .fedAvg: return [Self.exactBits]
        }
    }

    /// Whether a device may send `bits` under this scheme.
    func allows(bits: Int, from device: FederatedDevice) -> Bool {
        switch self {
        case .onDemand, .onDemandSystem: device.acceptedBits.contains(bits)
        case .fixed(let fixed): bits == fixed
        case .fedAvg: bits == Self.exactBits
        }
    }

    /// The split of the time budget, or why there is none.
    package func solve(_ problem: DeviceEnergyProblem) -> EnergyOutcome {
        switch self {
        case .onDemand, .onDemandSystem: EnergySolver.fast.solve(problem)
        case .fixed, .fedAvg: problem.evenSplit(finishingEarly: true)
        }
    }

    /// The smallest time budget at which this scheme is feasible for the problem.
    package func smallestTimeBudgetSeconds(_ problem: DeviceEnergyProblem) -> Double {
        switch self {
        case .onDemand, .onDemandSystem: problem.smallestTimeBudgetSeconds
        case .fixed, .fedAvg: 2 * max(problem.shortestComputeSeconds, problem.shortestCommunicationSeconds)
        }
    }
}
