/// The problem in shares of the time budget: `theta = Tcmp/T`, `pi = Tcom/T` [Lai23 eq. 11-14] (corrected).
///
/// Both energies are convex and decreasing, the radio's as `K*pi*(e^(c/pi) - 1)` with `c = ln2*S/(B*T)`: the paper's (13) lacks the
/// factor `pi`, its (12) and (14) both upper bounds.
struct TimeSplit: Sendable {
    /// `A = tau*W^3/T^2`: `Ecmp = A/theta^2`, J.
    let computeScaleJoules: Double
    /// `K = N0*B*T/g`: `Ecom = K*pi*(e^(c/pi) - 1)`, J.
    let radioScaleJoules: Double
    /// `c = ln2*S/(B*T)`: payload in nats over what one nat per hertz and second could carry.
    let spectralDemand: Double
    let thetaBounds: ClosedRange<Double>
    let piBounds: ClosedRange<Double>

    init(_ problem: DeviceEnergyProblem) {
        let time = problem.timeBudgetSeconds
        let compute = problem.compute
        let radio = problem.radio
        let cyclesPerSecond = compute.workCycles / time
        let snrPerWatt = radio.signalToNoisePerWatt
        let demand = naturalLogarithmOfTwo * problem.payloadBits / (radio.bandwidthHertz * time)
        computeScaleJoules = compute.energyCoefficient * compute.workCycles * cyclesPerSecond * cyclesPerSecond
        radioScaleJoules = time / snrPerWatt
        spectralDemand = demand
        thetaBounds = cyclesPerSecond / compute.frequencyMaxHertz...cyclesPerSecond / compute.frequencyMinHertz
        let shortest = demand / logarithmOfOnePlus(snrPerWatt * radio.powerMaxWatts)
        // The C library's logarithm is not exactly monotone.
        piBounds = shortest...max(shortest, demand / logarithmOfOnePlus(snrPerWatt * radio.powerMinWatts))
    }

    /// Whether highest frequency and highest power together meet the time budget.
    var isFeasible: Bool { thetaBounds.lowerBound + piBounds.lowerBound <= 1 }

    /// Whether lowest frequency and lowest power together leave time over: then both are optimal.
    var hasSlack: Bool { thetaBounds.upperBound + piBounds.upperBound <= 1 }

    /// `-dEcmp/dtheta = 2A/theta^3`, J.
    func computeMarginal(theta: Double) -> Double { 2 * computeScaleJoules / (theta * theta * theta) }

    /// `-dEcom/dpi = K*(1 + (x - 1)*e^x)`, `x = c/pi`, J; of the printed form `K*x^2*e^x/c`.
    func radioMarginal(pi: Double, equations: EnergyEquations) -> Double {
        let x = spectralDemand / pi
        switch equations {
        case .corrected: return radioScaleJoules * marginalShape(x)
        case .printed: return radioScaleJoules * x * x * exponential(x) / spectralDemand
        }
    }

    /// What `shares` cost by the given form of [Lai23 eq. 13]; `printed` is what that form minimises, not an energy.
    func energyJoules(_ shares: TimeShares, equations: EnergyEquations = .corrected) -> Double {
        let power = radioScaleJoules * exponentialMinusOne(spectralDemand / shares.pi)
        let radio = equations == .corrected ? power * shares.pi : power
        return computeScaleJoules / (shares.theta * shares.theta) + radio
    }
}

/// Shares of the time budget for training and for sending.
struct TimeShares: Sendable, Equatable {
    let theta: Double
    let pi: Double
}
