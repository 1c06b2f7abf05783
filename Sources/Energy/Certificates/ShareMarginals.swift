/// Joules that a unit more of each share saves: `-dE/dtheta`, `-dE/dpi`. Not negative.
struct ShareMarginals {
    let theta: Double
    let pi: Double

    /// The most that moving to other shares within the bounds and the time budget saves to first order, J: a linear programme, solved by
    /// giving time to the larger marginal first.
    func largestGain(
        from shares: TimeShares, thetaBounds: ClosedRange<Double>, piBounds: ClosedRange<Double>
    ) -> Double {
        let best: TimeShares
        if theta >= pi {
            let first = min(thetaBounds.upperBound, max(thetaBounds.lowerBound, 1 - piBounds.lowerBound))
            best = TimeShares(theta: first, pi: min(piBounds.upperBound, max(piBounds.lowerBound, 1 - first)))
        } else {
            let first = min(piBounds.upperBound, max(piBounds.lowerBound, 1 - thetaBounds.lowerBound))
            best = TimeShares(theta: min(thetaBounds.upperBound, max(thetaBounds.lowerBound, 1 - first)), pi: first)
        }
        return max(0, theta * (best.theta - shares.theta) + pi * (best.pi - shares.pi))
    }
}
