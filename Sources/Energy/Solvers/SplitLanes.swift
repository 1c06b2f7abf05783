/// `TimeSplit` for eight devices: what the fast solver works on.
struct SplitLanes {
    var computeScale: Lanes
    var radioScale: Lanes
    var spectralDemand: Lanes
    var thetaMin: Lanes
    var thetaMax: Lanes
    var piMin: Lanes
    var piMax: Lanes
}

extension SplitLanes {
    /// The optimal shares of all lanes; 0 in infeasible ones.
    ///
    /// With slack both upper bounds are optimal. Otherwise `theta + pi = 1` and one variable is left, the odds `theta/pi`, within the
    /// interval that the bounds of theta and pi leave.
    @inline(__always)
    func solve(
        equations: EnergyEquations, squaredTolerance: Double = Self.squaredTolerance
    ) -> (theta: Lanes, pi: Lanes) {
        let one = Lanes(repeating: 1)
        let infeasible = (thetaMin + piMin) .> one
        let slack = (thetaMax + piMax) .<= one
        let settled = infeasible .| slack
        let largestTheta = smaller(thetaMax, one)
        let largestPi = smaller(piMax, one)
        let odds = balancedOdds(
            from: larger(thetaMin / (1 - thetaMin), (1 - largestPi) / largestPi).replacing(with: 1, where: settled),
            to: smaller(largestTheta / (1 - largestTheta), (1 - piMin) / piMin).replacing(with: 1, where: settled),
            settled: settled, equations: equations, squaredTolerance: squaredTolerance)
        let pi = 1 / (1 + odds)
        let theta = smaller(larger(odds * pi, thetaMin), thetaMax).replacing(with: thetaMax, where: slack)
        let clampedPi = smaller(larger(pi, piMin), piMax).replacing(with: piMax, where: slack)
        return (theta.replacing(with: 0, where: infeasible), clampedPi.replacing(with: 0, where: infeasible))
    }

    /// The odds in `lowest...highest` at which both energies fall equally fast, or the end nearest to them.
    ///
    /// Solves `ln(2A/theta^3) = ln(K*marginal(pi))` [Lai23 eq. 16-18] (corrected) for `ln(theta/pi)`: the difference is strictly decreasing
    /// and nearly straight, so Newton's method needs a few steps. A step may not leave the bracket; one that would is a bisection.
    @inline(__always)
    private func balancedOdds(
        from lowest: Lanes, to highest: Lanes, settled: SIMDMask<SIMD8<Int64>>, equations: EnergyEquations,
        squaredTolerance: Double
    ) -> Lanes {
        let scaleRatio = naturalLogarithm(2 * computeScale / radioScale)
        var odds = smaller(larger(Lanes(repeating: 1), lowest), highest)
        var bracketLow = Lanes(repeating: 0)
        var bracketHigh = Lanes(repeating: .greatestFiniteMagnitude)
        var done = settled
        while !all(done) {
            let pi = 1 / (1 + odds)
            let theta = odds * pi
            let (marginal, elasticity) = radioMarginal(spectralDemand.addingProduct(spectralDemand, odds), equations: equations)
            let difference = scaleRatio - naturalLogarithm(theta * theta * theta * marginal)
            let step = difference / (3 * pi + theta * elasticity)
            let rises = step .> 0
            bracketLow.replace(with: odds, where: rises)
            bracketHigh.replace(with: odds, where: .!rises)

            let limited = smaller(larger(step, Lanes(repeating: -1.8)), Lanes(repeating: 1.8))
            // (2 + s)/(2 - s) is e^s to third order: enough for convergence, and never negative.
            var next = smaller(larger(odds * (2 + limited) / (2 - limited), lowest), highest)
            let stuckAtEnd = next .== odds
            let outside = ((next .<= bracketLow) .| (next .>= bracketHigh)) .& .!stuckAtEnd
            if any(outside) { next.replace(with: (bracketLow * bracketHigh).squareRoot(), where: outside) }
            odds.replace(with: next, where: .!done)
            done = done .| stuckAtEnd .| ((step * step) .< squaredTolerance)
        }
        return odds
    }

    /// `-dEcom/dpi / K` and `-dln(-dEcom/dpi)/dln pi` at `x = c/pi`.
    ///
    /// Corrected: `phi = 1 + (x - 1)*e^x` and `x^2*e^x/phi`; printed: `x^2*e^x/c` and `x + 2`.
    @inline(__always)
    private func radioMarginal(_ x: Lanes, equations: EnergyEquations) -> (value: Lanes, elasticity: Lanes) {
        let minusOne = exponentialMinusOne(x)
        let numerator = x * x * (minusOne + 1)
        switch equations {
        case .corrected:
            let value = marginalShape(x, exponentialMinusOne: minusOne)
            return (value, numerator / value)
        case .printed: return (numerator / spectralDemand, x + 2)
        }
    }

    /// A Newton step leaves an error of about half its square: 1e-9 after one of 3e-5, and 1e-18 in the energy, which is flat there.
    static var squaredTolerance: Double { 1e-9 }
}

extension TimeSplit {
    /// The optimal shares of a feasible problem.
    func optimalShares(
        equations: EnergyEquations, squaredTolerance: Double = SplitLanes.squaredTolerance
    ) -> TimeShares {
        guard isPlain else { return balancedShares(equations: equations) }
        return newtonShares(equations: equations, squaredTolerance: squaredTolerance)
    }

    /// The same of a plain problem: their energy to rounding, and with `squaredTolerance` 1e-15 the shares as well.
    private func newtonShares(equations: EnergyEquations, squaredTolerance: Double) -> TimeShares {
        let lanes = SplitLanes(
            computeScale: Lanes(repeating: compute.inverseSquare), radioScale: Lanes(repeating: radioScaleJoules),
            spectralDemand: Lanes(repeating: spectralDemand), thetaMin: Lanes(repeating: thetaBounds.lowerBound),
            thetaMax: Lanes(repeating: thetaBounds.upperBound), piMin: Lanes(repeating: piBounds.lowerBound),
            piMax: Lanes(repeating: piBounds.upperBound))
        let shares = lanes.solve(equations: equations, squaredTolerance: squaredTolerance)
        return TimeShares(theta: shares.theta[0], pi: shares.pi[0])
    }
}
