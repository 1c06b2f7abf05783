/// The paper's Algorithm 1 (corrected): bisection on the multiplier `nu` of the time budget, inside it a bisection on `pi`.
///
/// At a given `nu` the shares that minimise `E + nu*(theta + pi - 1)` within their bounds are unique and fall as `nu` grows
/// [Lai23 eq. 17-19] (18 corrected), so the outer bisection seeks `theta + pi = 1`. It returns the side that keeps the budget, which makes
/// `nu*(1 - theta - pi)` a duality gap: the plan's energy is at most that much above the optimum. (The paper prints `<=` for `>` in the loop
/// condition and gives its ranges no values.)
public struct Algorithm1: Sendable, Equatable {
    /// Relative energy at which the duality gap is small enough; `theta` and `pi` are then within 1000 times as much.
    public let tolerance: Double

    /// The tolerance where none is given.
    public static let defaultTolerance = 1e-6

    /// - Throws: `tolerance` outside 1e-12...0.1.
    public init(tolerance: Double = defaultTolerance) throws(EnergyInputError) {
        self.tolerance = try PhysicalRange("tolerance", unit: "", 1e-12...0.1, wayOut: "the default is 1e-6").checked(tolerance)
    }

    /// One step of the outer bisection.
    public struct Iteration: Sendable, Equatable {
        /// `nu`, J.
        public let multiplierJoules: Double
        /// Share of the time budget for training at this multiplier.
        public let theta: Double
        /// Share of the time budget for sending at this multiplier.
        public let pi: Double
        /// What these shares would cost; above the budget (`theta + pi > 1`) it lies below the optimum.
        public let energyTotalJoules: Double
    }

    /// The outcome and the way to it.
    public struct Result: Sendable, Equatable {
        /// The plan, or the reason why there is none.
        public let outcome: EnergyOutcome
        /// In order; empty where no bisection was needed.
        public let iterations: [Iteration]
    }

    /// The plan of least energy to within `tolerance`, or the reason why the device is infeasible, and how it got there.
    public func solve(_ problem: DeviceEnergyProblem, equations: EnergyEquations = .corrected) -> Result {
        let split = TimeSplit(problem)
        guard split.isFeasible else { return Result(outcome: .infeasible(.missedBudget(problem)), iterations: []) }
        if split.hasSlack {
            let plan = EnergyPlan(problem, theta: split.thetaBounds.upperBound, pi: split.piBounds.upperBound)
            return Result(outcome: .feasible(plan), iterations: [])
        }
        let (shares, iterations) = bisect(split, equations: equations)
        return Result(outcome: .feasible(EnergyPlan(problem, theta: shares.theta, pi: shares.pi)), iterations: iterations)
    }

    /// The outer bisection. At `upper` the shares keep the budget, at `lower` they exceed it.
    private func bisect(_ split: TimeSplit, equations: EnergyEquations) -> (shares: TimeShares, iterations: [Iteration]) {
        var iterations: [Iteration] = []
        var lower = 0.0
        var upper = max(
            split.compute.largestMarginal,
            split.radioMarginal(pi: split.piBounds.lowerBound, equations: equations))
        var best = TimeShares(theta: split.thetaBounds.lowerBound, pi: split.piBounds.lowerBound)
        var over: TimeShares?
        while !hasConverged(best, multiplier: upper, split: split, equations: equations) {
            let multiplier = (lower + upper) / 2
            guard multiplier > lower, multiplier < upper else { break }
            let shares = split.shares(multiplier: multiplier, equations: equations)
            iterations.append(
                Iteration(
                    multiplierJoules: multiplier, theta: shares.theta, pi: shares.pi,
                    energyTotalJoules: split.energyJoules(shares)))
            if shares.theta + shares.pi <= 1 {
                (upper, best) = (multiplier, shares)
            } else {
                (lower, over) = (multiplier, shares)
            }
        }
        return (split.filled(best, from: over), iterations)
    }

    private func hasConverged(
        _ shares: TimeShares, multiplier: Double, split: TimeSplit, equations: EnergyEquations
    ) -> Bool {
        let unused = 1 - shares.theta - shares.pi
        return multiplier * unused <= tolerance * split.energyJoules(shares, equations: equations)
            && unused <= 1000 * tolerance
    }
}

extension TimeSplit {
    /// Of a table: `shares`, which keep the budget, moved towards `over`, which exceed it, until they fill it. On one of its straight
    /// pieces all shares of training cost the same at one multiplier, and the bisection jumps from the piece's end to its start.
    fileprivate func filled(_ shares: TimeShares, from over: TimeShares?) -> TimeShares {
        guard !compute.corners.isEmpty, let over else { return shares }
        let (unused, excess) = (1 - shares.theta - shares.pi, over.theta + over.pi - 1)
        guard unused > 0, excess > 0 else { return shares }
        let part = unused / (unused + excess)
        let theta = shares.theta + part * (over.theta - shares.theta)
        return TimeShares(theta: theta, pi: piBounds.clamp(min(1 - theta, shares.pi + part * (over.pi - shares.pi))))
    }

    /// The shares that minimise `E + nu*(theta + pi - 1)` within their bounds [Lai23 eq. 17-19] (18 corrected).
    func shares(multiplier: Double, equations: EnergyEquations) -> TimeShares {
        TimeShares(
            theta: compute.share(multiplier: multiplier), pi: bisectedRadioShare(marginal: multiplier, equations: equations))
    }

    /// The inner bisection: where the radio's marginal energy, which falls with `pi`, equals the multiplier.
    func bisectedRadioShare(marginal multiplier: Double, equations: EnergyEquations) -> Double {
        var lower = piBounds.lowerBound
        // A share above 1 never keeps the budget; it need not be resolved further.
        var upper = Swift.min(piBounds.upperBound, 1)
        if radioMarginal(pi: lower, equations: equations) <= multiplier { return lower }
        if radioMarginal(pi: upper, equations: equations) >= multiplier { return upper }
        while upper - lower > 1e-15 * upper {
            let middle = (lower + upper) / 2
            if radioMarginal(pi: middle, equations: equations) > multiplier { lower = middle } else { upper = middle }
        }
        return upper
    }
}
