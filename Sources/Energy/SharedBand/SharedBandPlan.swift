/// What the devices of a shared band do, or why the band does not serve them.
public struct SharedBandPlan: Sendable {
    /// A device's part of the result.
    public enum Entry: Sendable {
        /// Its part of the band, its plan there, and how far that plan is from the best on this part.
        case served(bandwidthHertz: Double, plan: EnergyPlan, certificate: PlanCertificate)
        /// The whole band would not serve it: why.
        case infeasible(EnergyInfeasibility)
        /// It fits, but not beside the others: the least bandwidth that it needs.
        case shortOfBand(smallestBandwidthHertz: Double)
    }

    enum Allocation: Sendable {
        /// No device can be served.
        case empty
        case shortage(SharedBandShortage)
        case bandwidths([Double], SharedBandSummary)
    }

    private let problem: SharedBand
    /// Positions of the devices that the allocation is about, rising.
    private let served: [Int]
    private let allocation: Allocation
    /// Place of each device in `served`, -1 for the others.
    private let places: [Int32]

    init(_ problem: SharedBand, served: [Int], allocation: Allocation) {
        self.problem = problem
        self.served = served
        self.allocation = allocation
        var places = [Int32](repeating: -1, count: problem.devices.count)
        for (place, index) in served.enumerated() { places[index] = Int32(place) }
        self.places = places
    }

    /// Number of devices, served or not.
    public var count: Int { problem.devices.count }
    /// Devices that have a plan.
    public var servedCount: Int { summary == nil ? 0 : served.count }

    /// Energies, price and certificate of the allocation; nil where there is none.
    public var summary: SharedBandSummary? {
        if case .bandwidths(_, let summary) = allocation { summary } else { nil }
    }

    /// Why the band is too narrow for the devices that it could serve one by one; nil where it is not.
    public var shortage: SharedBandShortage? {
        if case .shortage(let shortage) = allocation { shortage } else { nil }
    }

    /// The part of device `index` (one of the problem's: precondition).
    public subscript(index: Int) -> Entry {
        precondition(index >= 0 && index < count, "device \(index) of \(count)")
        let place = Int(places[index])
        guard place >= 0 else { return .infeasible(.missedBudget(problem.onBand(index, problem.totalBandwidthHertz))) }
        switch allocation {
        case .empty: preconditionFailure("an empty allocation serves no device")
        case .shortage(let shortage): return .shortOfBand(smallestBandwidthHertz: shortage.smallestBandwidthsHertz[place])
        case .bandwidths(let bandwidths, _):
            let device = problem.onBand(index, bandwidths[place])
            let plan = device.planOnBand()
            return .served(bandwidthHertz: bandwidths[place], plan: plan, certificate: device.certificate(of: plan))
        }
    }
}

extension DeviceEnergyProblem {
    /// The best plan on a channel that was chosen to serve the device; at its highest settings where rounding left the channel short.
    func planOnBand() -> EnergyPlan {
        let split = TimeSplit(self)
        if split.isFeasible {
            // The shadow price of bandwidth follows from the shares to first order, the energy only to second.
            let shares = split.optimalShares(equations: .corrected, squaredTolerance: 1e-15)
            return EnergyPlan(self, theta: shares.theta, pi: shares.pi)
        }
        return EnergyPlan(self, theta: split.thetaBounds.lowerBound, pi: 1 - split.thetaBounds.lowerBound)
    }
}
