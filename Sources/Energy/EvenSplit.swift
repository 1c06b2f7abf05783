extension DeviceEnergyProblem {
    /// The paper's baselines: half of the time for training, half for sending (`theta = pi = 0.5`), without optimisation.
    ///
    /// Infeasible, bound `evenSplit`, where a half asks for a frequency or power outside the device's range.
    public func evenSplit() -> EnergyOutcome {
        let split = TimeSplit(self)
        let half = timeBudgetSeconds / 2
        for (bounds, part) in [(split.thetaBounds, Part.compute), (split.piBounds, Part.communication)] {
            if bounds.lowerBound > 0.5 {
                return .infeasible(halfTooShort(for: part, needed: bounds.lowerBound * timeBudgetSeconds))
            }
            if bounds.upperBound < 0.5 {
                let longest = bounds.upperBound * timeBudgetSeconds
                let slowest = part == .compute ? "frequency_min_hz" : "power_min_w"
                return .infeasible(
                    EnergyInfeasibility(
                        bound: .evenSplit, allowedSeconds: half, neededSeconds: longest, smallestTimeBudgetSeconds: nil,
                        largestPayloadBits: nil,
                        explanation: "\(part.rawValue) ends after \(longest) s at \(slowest), before its half of \(half) s"))
            }
        }
        return .feasible(EnergyPlan(self, theta: 0.5, pi: 0.5))
    }

    private enum Part: String {
        case compute = "training"
        case communication = "sending"
    }

    private func halfTooShort(for part: Part, needed: Double) -> EnergyInfeasibility {
        let half = timeBudgetSeconds / 2
        let payload = radio.bitsPerSecond(powerWatts: radio.powerMaxWatts) * half
        return EnergyInfeasibility(
            bound: .evenSplit, allowedSeconds: half, neededSeconds: needed,
            smallestTimeBudgetSeconds: 2 * max(shortestComputeSeconds, shortestCommunicationSeconds),
            largestPayloadBits: part == .communication && shortestComputeSeconds <= half ? payload : nil,
            explanation: "\(part.rawValue) takes at least \(needed) s, \(needed - half) s over its half of \(half) s")
    }
}
