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
    /// Bits as on demand, half of the time for each: what is left of it without the split.
    case onDemandEvenSplit
    /// The same bits for all, the energy-optimal split.
    case fixedOptimalSplit(bits: Int)
    /// Exact float32 values, half of the time for each.
    case fedAvg
    /// Exact float32 values, the energy-optimal split: what the split alone saves.
    case fedAvgOptimalSplit

    /// What a run is compared with: on demand, the paper's baselines, each with both splits, which tells what bits save from what the split
    /// saves.
    package static let compared: [Scheme] = [
        .onDemand, .onDemandEvenSplit, .fixed(bits: 6), .fixedOptimalSplit(bits: 6), .fixed(bits: 7), .fixedOptimalSplit(bits: 7),
        .fixed(bits: 8), .fixedOptimalSplit(bits: 8), .fedAvgOptimalSplit, .fedAvg,
    ]

    /// Bits per parameter of exact values.
    package static let exactBits = 32

    /// E.g. `on-demand`, `fixed-8`, `fedavg-32`.
    package var name: String {
        switch self {
        case .onDemand: "on-demand"
        case .onDemandSystem: "on-demand-system"
        case .onDemandEvenSplit: "on-demand-even"
        case .fixed(let bits): "fixed-\(bits)"
        case .fixedOptimalSplit(let bits): "fixed-\(bits)-optimal"
        case .fedAvg: "fedavg-\(Self.exactBits)"
        case .fedAvgOptimalSplit: "fedavg-\(Self.exactBits)-optimal"
        }
    }

    /// Whether bits follow from errors.
    var isOnDemand: Bool {
        switch self {
        case .onDemand, .onDemandSystem, .onDemandEvenSplit: true
        case .fixed, .fixedOptimalSplit, .fedAvg, .fedAvgOptimalSplit: false
        }
    }

    /// Whether sending gets all the time that training leaves, instead of half of the round's.
    var splitsOptimally: Bool {
        switch self {
        case .onDemand, .onDemandSystem, .fixedOptimalSplit, .fedAvgOptimalSplit: true
        case .onDemandEvenSplit, .fixed, .fedAvg: false
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
        case .onDemand, .onDemandSystem, .onDemandEvenSplit:
            let accepted = device.acceptedBits
            let wanted = demand.error.flatMap { summary.smallestBits(accepted: accepted, demand: $0, rule: rule) }
            return (accepted.lowerBound...(wanted ?? accepted.upperBound)).reversed()
        case .fixed(let bits), .fixedOptimalSplit(let bits): return [bits]
        case .fedAvg, .fedAvgOptimalSplit: return [Self.exactBits]
        }
    }

    /// Whether a device may send `bits` under this scheme.
    func allows(bits: Int, from device: FederatedDevice) -> Bool {
        switch self {
        case .onDemand, .onDemandSystem, .onDemandEvenSplit: device.acceptedBits.contains(bits)
        case .fixed(let fixed), .fixedOptimalSplit(let fixed): bits == fixed
        case .fedAvg, .fedAvgOptimalSplit: bits == Self.exactBits
        }
    }

    /// The split of the time budget, or why there is none.
    package func solve(_ problem: DeviceEnergyProblem) -> EnergyOutcome {
        splitsOptimally ? EnergySolver.fast.solve(problem) : problem.evenSplit(finishingEarly: true)
    }

    /// The smallest time budget at which this scheme is feasible for the problem.
    package func smallestTimeBudgetSeconds(_ problem: DeviceEnergyProblem) -> Double {
        splitsOptimally
            ? problem.smallestTimeBudgetSeconds
            : problem.reception.seconds + 2 * max(problem.shortestComputeSeconds, problem.shortestCommunicationSeconds)
    }
}
