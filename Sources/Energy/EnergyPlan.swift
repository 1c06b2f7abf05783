/// What a device should do in a round, and what it costs.
public struct EnergyPlan: Sendable, Equatable {
    /// `Tcmp/T`.
    public let theta: Double
    /// `Tcom/T`. `theta + pi` is 1 unless lowest frequency and lowest power leave time over.
    public let pi: Double
    public let frequencyHertz: Double
    public let powerWatts: Double
    public let timeComputeSeconds: Double
    public let timeCommunicationSeconds: Double
    public let energyComputeJoules: Double
    public let energyCommunicationJoules: Double
    public var energyTotalJoules: Double { energyComputeJoules + energyCommunicationJoules }
    public var timeTotalSeconds: Double { timeComputeSeconds + timeCommunicationSeconds }
}

extension EnergyPlan {
    /// The plan that spends the shares `theta` and `pi` of the problem's time budget. Both lie in their bounds (precondition of
    /// the callers), up to rounding.
    init(_ problem: DeviceEnergyProblem, theta: Double, pi: Double) {
        let compute = problem.compute
        let radio = problem.radio
        let time = problem.timeBudgetSeconds
        self.theta = theta
        self.pi = pi
        timeComputeSeconds = theta * time
        timeCommunicationSeconds = pi * time
        frequencyHertz = (compute.frequencyMinHertz...compute.frequencyMaxHertz).clamp(compute.workCycles / timeComputeSeconds)
        powerWatts = (radio.powerMinWatts...radio.powerMaxWatts).clamp(
            radio.powerWatts(payloadBits: problem.payloadBits, seconds: timeCommunicationSeconds))
        energyComputeJoules = compute.energyJoules(frequencyHertz: frequencyHertz)
        energyCommunicationJoules = powerWatts * timeCommunicationSeconds
    }
}

/// A plan, or the reason why the device cannot take part in the round. Both are results; neither is an error.
public enum EnergyOutcome: Sendable, Equatable {
    case feasible(EnergyPlan)
    case infeasible(EnergyInfeasibility)

    /// The plan where there is one.
    public var plan: EnergyPlan? {
        if case .feasible(let plan) = self { plan } else { nil }
    }
}
