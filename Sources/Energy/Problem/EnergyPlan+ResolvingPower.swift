extension EnergyPlan {
    /// The plan with its frequency kept and the power chosen anew for a payload known only after training: the least power that sends
    /// `payloadBits` in the time left.
    ///
    /// Infeasible, bound `timeLeft`, where the highest power is too slow; the reason names the largest payload that fits.
    ///
    /// - Parameter problem: the problem that this plan solves.
    /// - Throws: `payload_bits` outside its range.
    package func resolvingPower(
        for problem: DeviceEnergyProblem, payloadBits: Double
    ) throws(EnergyInputError) -> EnergyOutcome {
        let actual = try problem.with(payloadBits: payloadBits)
        let left = problem.availableSeconds - timeComputeSeconds
        let shortest = actual.shortestCommunicationSeconds
        // The share that was planned for sending may come back a rounding error short of the bound that it sits on.
        guard shortest <= left * (1 + 1e-12) else {
            return .infeasible(
                EnergyInfeasibility(
                    bound: .timeLeft, allowedSeconds: left, neededSeconds: shortest,
                    smallestTimeBudgetSeconds: problem.reception.seconds + timeComputeSeconds + shortest,
                    largestPayloadBits: left * problem.radio.bitsPerSecond(powerWatts: problem.radio.powerMaxWatts),
                    explanation:
                        "sending \(readable(payloadBits)) bit takes at least \(readable(shortest)) s, \(readable(shortest - left)) s over the \(readable(left)) s left"
                ))
        }
        let pi = TimeSplit(actual).piBounds.clamp(left / problem.availableSeconds)
        return .feasible(EnergyPlan(actual, theta: theta, pi: pi))
    }
}
