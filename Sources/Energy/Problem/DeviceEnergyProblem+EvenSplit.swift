extension DeviceEnergyProblem {
    /// The paper's baselines: half of the time for training, half for sending (`theta = pi = 0.5`), without optimisation.
    ///
    /// Infeasible, bound `evenSplit`, where a half asks for a frequency or power above the device's range.
    ///
    /// - Parameter finishingEarly: what a half means that even the lowest frequency or power does not fill: it is done early at that
    ///   setting (a training run), or infeasible (the reference cases: only `theta = pi = 0.5` exactly).
    public func evenSplit(finishingEarly: Bool = false) -> EnergyOutcome {
        let split = TimeSplit(self)
        let half = availableSeconds / 2
        for (bounds, part) in [(split.thetaBounds, Part.compute), (split.piBounds, Part.communication)] {
            if bounds.lowerBound > 0.5 {
                return .infeasible(halfTooShort(for: part, needed: bounds.lowerBound * availableSeconds))
            }
            if bounds.upperBound < 0.5, !finishingEarly {
                let longest = bounds.upperBound * availableSeconds
                let slowest = part == .compute ? "frequency_min_hz" : "power_min_w"
                return .infeasible(
                    EnergyInfeasibility(
                        bound: .evenSplit, allowedSeconds: half, neededSeconds: longest, smallestTimeBudgetSeconds: nil,
                        largestPayloadBits: nil,
                        explanation:
                            "\(part.rawValue) ends after \(readable(longest)) s at \(slowest), before its half of \(readable(half)) s"
                    ))
            }
        }
        return .feasible(EnergyPlan(self, theta: min(0.5, split.thetaBounds.upperBound), pi: min(0.5, split.piBounds.upperBound)))
    }

    private enum Part: String {
        case compute = "training"
        case communication = "sending"
    }

    private func halfTooShort(for part: Part, needed: Double) -> EnergyInfeasibility {
        let half = availableSeconds / 2
        let payload = radio.bitsPerSecond(powerWatts: radio.powerMaxWatts) * half
        return EnergyInfeasibility(
            bound: .evenSplit, allowedSeconds: half, neededSeconds: needed,
            smallestTimeBudgetSeconds: reception.seconds + 2 * max(shortestComputeSeconds, shortestCommunicationSeconds),
            largestPayloadBits: part == .communication && shortestComputeSeconds <= half ? payload : nil,
            explanation:
                "\(part.rawValue) takes at least \(readable(needed)) s, \(readable(needed - half)) s over its half of \(readable(half)) s"
        )
    }
}
