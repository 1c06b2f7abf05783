/// How far a plan can be from the optimum of its problem, computed from the plan alone: whatever solver made it, and whether it
/// converged.
///
/// The problem is convex in `z = (theta, pi)`, so with the marginal energies `m = -dE/dz` every feasible `z'` satisfies
/// `E(z') >= E(z) - m.(z' - z)`; at a row of a table, where the energy has a corner, with any marginal between those of both sides. The largest value of the last term over the bounds and `theta' + pi' <= 1` is therefore a duality gap.
public struct PlanCertificate: Sendable, Equatable {
    /// Violation of the optimality (KKT) conditions, dimensionless: 0 at the optimum, about 1 where a share is plainly wrong.
    ///
    /// The largest of
    /// - how far `theta + pi` exceeds 1, and how far a share lies outside its bounds, relative to the share;
    /// - time left over beyond rounding: `min(1 - theta - pi, room above)/share`, at most 1, for each share that could grow into it;
    /// - an unbalanced split: `min(|m1 - m2|/(m1 + m2), room above of the share with the larger m, room below of the other)`, the rooms
    ///   relative to the shares: zero where the marginal energies are equal or a bound stands in the way of their exchange.
    public let kktResidual: Double
    /// The plan's energy, that of waiting included where it is minimised, less a proven lower bound of the optimum, J.
    public let dualityGapJoules: Double
    /// The same, relative to the plan's energy.
    public let dualityGapRelative: Double
}

extension DeviceEnergyProblem {
    /// The certificate of a plan for this problem (corrected equations), from any source.
    public func certificate(of plan: EnergyPlan) -> PlanCertificate {
        let split = TimeSplit(self)
        // Marginals are taken inside the bounds, where they are finite; a share outside shows as a violation.
        let shares = TimeShares(
            theta: split.compute.snapped(split.thetaBounds.clamp(plan.theta)), pi: split.piBounds.clamp(plan.pi))
        let sending = split.radioMarginal(pi: shares.pi, equations: .corrected)
        let marginals = ShareMarginals(theta: split.compute.marginals(theta: shares.theta).clamp(sending), pi: sending)
        let gain = marginals.largestGain(from: shares, thetaBounds: split.thetaBounds, piBounds: split.piBounds)
        // What waiting draws joins the plan's energy, and cancels in the difference.
        let energy = plan.energyTotalJoules + idlePowerWatts * (availableSeconds - plan.timeTotalSeconds)
        let gap = abs(energy - idlePowerWatts * availableSeconds - split.energyJoules(shares)) + gain
        return PlanCertificate(
            kktResidual: split.residual(TimeShares(theta: plan.theta, pi: plan.pi), marginals), dualityGapJoules: gap,
            dualityGapRelative: energy > 0 ? gap / energy : 0)
    }
}

extension TimeSplit {
    /// `PlanCertificate.kktResidual` of `shares`, whose marginals (inside the bounds) are `marginals`.
    fileprivate func residual(_ shares: TimeShares, _ marginals: ShareMarginals) -> Double {
        // What rounding of the shares may leave counts neither as unused nor, beside a tiny share, as room to grow.
        let sum = shares.theta + shares.pi
        let unused = 1 - sum - 2 * Double.ulpOfOne
        let outside = max(
            relative(thetaBounds.lowerBound - shares.theta, shares.theta),
            relative(shares.theta - thetaBounds.upperBound, shares.theta),
            relative(piBounds.lowerBound - shares.pi, shares.pi), relative(shares.pi - piBounds.upperBound, shares.pi))
        let idle = max(
            relative(min(unused, thetaBounds.upperBound - shares.theta), shares.theta),
            relative(min(unused, piBounds.upperBound - shares.pi), shares.pi))
        return max(max(sum - 1, outside), max(idle, exchange(shares, marginals)))
    }

    private func exchange(_ shares: TimeShares, _ marginals: ShareMarginals) -> Double {
        let sum = marginals.theta + marginals.pi
        guard sum > 0 else { return 0 }
        let grows = marginals.theta > marginals.pi
        let above =
            grows
            ? relative(thetaBounds.upperBound - shares.theta, shares.theta) : relative(piBounds.upperBound - shares.pi, shares.pi)
        let below =
            grows
            ? relative(shares.pi - piBounds.lowerBound, shares.pi) : relative(shares.theta - thetaBounds.lowerBound, shares.theta)
        return min(abs(marginals.theta - marginals.pi) / sum, min(above, below))
    }

    /// `amount/share` within 0...1; 1 where the share is not positive.
    private func relative(_ amount: Double, _ share: Double) -> Double {
        guard amount > 0 else { return 0 }
        return share > 0 ? min(1, amount / share) : 1
    }
}
