import Codec
import Energy

/// How bits are chosen and how a device's time is split between training and sending.
public enum Scheme: Sendable, Hashable {
    /// Bits by each device's demand, the energy-optimal split of its time.
    case onDemand
    /// The same bits for all, half of the time for each: the paper's baselines.
    case fixed(bits: Int)
    /// Exact float32 values, half of the time for each.
    case fedAvg

    /// What a run is compared with: the paper's baselines, on-demand first.
    public static let compared: [Scheme] = [.onDemand, .fixed(bits: 6), .fixed(bits: 7), .fixed(bits: 8), .fedAvg]

    /// Bits per parameter of exact values.
    public static let exactBits = 32

    /// E.g. `on-demand`, `fixed-8`, `fedavg-32`.
    public var name: String {
        switch self {
        case .onDemand: "on-demand"
        case .fixed(let bits): "fixed-\(bits)"
        case .fedAvg: "fedavg-\(Self.exactBits)"
        }
    }

    /// The widths that `device` may send, in the order in which they are tried: the one that its demand asks for, then narrower ones.
    ///
    /// On demand, the first is the smallest accepted width that the rule allows, or the largest accepted where the rule allows none or the
    /// device has a budget.
    func bitCandidates(for device: FederatedDevice, summary: ErrorSummary, rule: BitRule) -> [Int] {
        switch self {
        case .onDemand:
            let accepted = device.acceptedBits
            let wanted = device.demand.error.flatMap { summary.smallestBits(accepted: accepted, demand: $0, rule: rule) }
            return (accepted.lowerBound...(wanted ?? accepted.upperBound)).reversed()
        case .fixed(let bits): return [bits]
        case .fedAvg: return [Self.exactBits]
        }
    }

    /// Whether a device may send `bits` under this scheme.
    func allows(bits: Int, from device: FederatedDevice) -> Bool {
        switch self {
        case .onDemand: device.acceptedBits.contains(bits)
        case .fixed(let fixed): bits == fixed
        case .fedAvg: bits == Self.exactBits
        }
    }

    /// The split of the time budget, or why there is none.
    func solve(_ problem: DeviceEnergyProblem) -> EnergyOutcome {
        switch self {
        case .onDemand: EnergySolver.fast.solve(problem)
        case .fixed, .fedAvg: problem.evenSplit(finishingEarly: true)
        }
    }

    /// The smallest time budget at which this scheme is feasible for the problem.
    func smallestTimeBudgetSeconds(_ problem: DeviceEnergyProblem) -> Double {
        switch self {
        case .onDemand: problem.smallestTimeBudgetSeconds
        case .fixed, .fedAvg: 2 * max(problem.shortestComputeSeconds, problem.shortestCommunicationSeconds)
        }
    }
}

extension UpdateCoding {
    /// The coding of `bits` bits per parameter, 32 being exact.
    init(bits: Int) { self = bits == Scheme.exactBits ? .float32 : .quantized(bits: bits) }
}
