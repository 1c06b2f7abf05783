extension TimeSplit {
    /// The optimal shares of a feasible problem of any model: their energy to rounding.
    ///
    /// With slack both upper bounds are optimal. Otherwise `theta + pi = 1`, and the difference of both marginal energies falls with theta:
    /// a table's corner is found by bisection, and between corners its marginal is constant, so that the radio's is inverted.
    func balancedShares(equations: EnergyEquations) -> TimeShares {
        if hasSlack { return TimeShares(theta: thetaBounds.upperBound, pi: piBounds.upperBound) }
        let lowest = max(thetaBounds.lowerBound, 1 - piBounds.upperBound)
        let highest = max(lowest, min(thetaBounds.upperBound, 1 - piBounds.lowerBound))
        let theta =
            compute.corners.isEmpty
            ? balancedTheta(in: lowest...highest, equations: equations)
            : balancedCorner(in: lowest...highest, equations: equations)
        return TimeShares(theta: theta, pi: piBounds.clamp(1 - theta))
    }

    /// Of a table.
    private func balancedCorner(in range: ClosedRange<Double>, equations: EnergyEquations) -> Double {
        let corners = compute.corners
        // From this corner on, if it lies in the range, a unit of time is worth no less to the radio.
        var (low, high) = (1, corners.count)
        while low < high {
            let middle = (low + high) / 2
            let theta = compute.theta(middle - 1)
            let isBelow = theta < range.lowerBound
            let isAbove = theta > range.upperBound
            let falls = !isBelow && (isAbove || compute.fall(middle) <= radioMarginal(pi: 1 - theta, equations: equations))
            if falls { high = middle } else { low = middle + 1 }
        }
        let corner = low - 1
        guard corner > 0 else { return range.clamp(compute.theta(0)) }
        let piece =
            max(range.lowerBound, compute.theta(corner - 1))...min(range.upperBound, max(range.lowerBound, compute.theta(corner)))
        return piece.clamp(1 - radioShare(marginal: compute.fall(corner), equations: equations))
    }

    /// Of the law and the smooth form: `ln(2A/theta^3 + p) = ln(K*marginal(pi) + q)` for `ln(theta/pi)`, `p - q` the constant parts of both
    /// marginals, by Newton's method safeguarded by bisection.
    private func balancedTheta(in range: ClosedRange<Double>, equations: EnergyEquations) -> Double {
        let offset = (equations == .corrected ? circuitJoules : 0) - compute.slope
        let (p, q) = (max(0, offset), max(0, -offset))
        func evaluate(_ theta: Double) -> (difference: Double, slope: Double) {
            let pi = 1 - theta
            let cubed = 2 * compute.inverseSquare / (theta * theta * theta)
            let (shape, growth) = radioShape(spectralDemand / pi, equations: equations)
            let (training, sending) = (cubed + p, radioScaleJoules * shape + q)
            return (
                naturalLogarithm(training / sending),
                3 * pi * cubed / training + theta * radioScaleJoules * growth / sending
            )
        }
        var (low, high) = (range.lowerBound, range.upperBound)
        if evaluate(low).difference <= 0 { return low }
        if evaluate(high).difference >= 0 { return high }
        var theta = range.clamp(0.5)
        for _ in 0..<200 {
            let (difference, slope) = evaluate(theta)
            if difference > 0 { low = theta } else { high = theta }
            let step = difference / slope
            let odds = theta / (1 - theta) * exponential(step)
            var next = odds / (1 + odds)
            if abs(step) < 1e-15 { break }
            if !(next > low && next < high) { next = (low + high) / 2 }
            guard next > low, next < high else { break }
            theta = next
        }
        return theta
    }
}
