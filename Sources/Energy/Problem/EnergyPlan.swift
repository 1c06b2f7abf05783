/// What a device should do in a round, and what it costs.
public struct EnergyPlan: Sendable, Equatable {
    /// `Tcmp/T`: share of the time budget for training; where receiving counts, of what that leaves, as `pi`.
    public let theta: Double
    /// `Tcom/T`: share for sending. `theta + pi` is 1 unless lowest frequency and lowest power leave time over.
    public let pi: Double
    /// `f`: CPU frequency while training; of a table the mean of one or two rows, see `ComputeModel.schedule`.
    public let frequencyHertz: Double
    /// `P`: transmit power while sending.
    public let powerWatts: Double
    /// `Tcmp = W/f` [Lai23 eq. 3].
    public let timeComputeSeconds: Double
    /// `Tcom = S/r` [Lai23 eq. 6] (corrected).
    public let timeCommunicationSeconds: Double
    /// `Ecmp`, of the law `tau*f^2*W` [Lai23 eq. 4].
    public let energyComputeJoules: Double
    /// `Ecom = P*Tcom` [Lai23 eq. 7]; with a real radio `(circuit + P/efficiency)*Tcom`.
    public let energyCommunicationJoules: Double
    /// What the round costs the device: training and sending.
    public var energyTotalJoules: Double { energyComputeJoules + energyCommunicationJoules }
    /// Training and sending, one after the other: at most the time budget.
    public var timeTotalSeconds: Double { timeComputeSeconds + timeCommunicationSeconds }
}

extension EnergyPlan {
    /// The plan that spends the shares `theta` and `pi` of the problem's time budget. Both lie in their bounds (precondition of
    /// the callers), up to rounding.
    init(_ problem: DeviceEnergyProblem, theta: Double, pi: Double) {
        let compute = problem.compute
        let radio = problem.radio
        let time = problem.availableSeconds
        self.theta = theta
        self.pi = pi
        timeComputeSeconds = theta * time
        timeCommunicationSeconds = pi * time
        frequencyHertz = (compute.frequencyMinHertz...compute.frequencyMaxHertz).clamp(compute.workCycles / timeComputeSeconds)
        powerWatts = (radio.powerMinWatts...radio.powerMaxWatts).clamp(
            radio.powerWatts(payloadBits: problem.payloadBits, seconds: timeCommunicationSeconds))
        energyComputeJoules = compute.energyJoules(frequencyHertz: frequencyHertz)
        energyCommunicationJoules = radio.drawnWatts(powerWatts: powerWatts) * timeCommunicationSeconds
    }

    /// A plan that somebody else made, by its shares of the time budget.
    ///
    /// - Throws: `theta` or `pi` outside 0...1, 0 left out.
    package init(_ problem: DeviceEnergyProblem, givenTheta theta: Double, pi: Double) throws(EnergyInputError) {
        for (field, share) in [("theta", theta), ("pi", pi)] where !(share > 0 && share <= 1) {
            throw EnergyInputError(
                field: field, value: share, unit: "", limit: "0...1", wayOut: "it is a share of the time budget")
        }
        self.init(problem, theta: theta, pi: pi)
    }
}

/// A plan, or the reason why the device cannot take part in the round. Both are results; neither is an error.
public enum EnergyOutcome: Sendable, Equatable {
    /// The device can take part, by this plan.
    case feasible(EnergyPlan)
    /// No setting of the device meets its time budget, or an even split does not: why.
    case infeasible(EnergyInfeasibility)

    /// The plan where there is one.
    public var plan: EnergyPlan? {
        if case .feasible(let plan) = self { plan } else { nil }
    }
}
