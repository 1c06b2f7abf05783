/// The problem in shares of the time budget: `theta = Tcmp/T`, `pi = Tcom/T` [Lai23 eq. 11-14] (corrected).
///
/// Both energies are convex and decreasing, the radio's as `K*pi*(e^(c/pi) - 1)` with `c = ln2*S/(B*T)`: the paper's (13) lacks the
/// factor `pi`, its (12) and (14) both upper bounds.
struct TimeSplit: Sendable {
    /// Of the paper's law `Ecmp = A/theta^2`, `A = tau*W^3/T^2`.
    let compute: ComputeCurve
    /// `K = N0*B*T/(g*efficiency)`: `Ecom = K*pi*(e^(c/pi) - 1) + circuit*T*pi`, J.
    let radioScaleJoules: Double
    /// `circuit*T`, J, less what waiting would draw where that counts: 0 in the paper.
    let circuitJoules: Double
    /// `c = ln2*S/(B*T)`: payload in nats over what one nat per hertz and second could carry.
    let spectralDemand: Double
    /// Up to where slower saves nothing.
    let piBounds: ClosedRange<Double>
    var thetaBounds: ClosedRange<Double> { compute.bounds }

    init(_ problem: DeviceEnergyProblem) {
        let time = problem.availableSeconds
        let radio = problem.radio
        let snrPerWatt = radio.signalToNoisePerWatt
        let demand = naturalLogarithmOfTwo * problem.payloadBits / (radio.bandwidthHertz * time)
        compute = ComputeCurve(problem)
        radioScaleJoules = time / (snrPerWatt * radio.amplifierEfficiency)
        circuitJoules = (radio.circuitPowerWatts - problem.idlePowerWatts) * time
        spectralDemand = demand
        let shortest = demand / logarithmOfOnePlus(snrPerWatt * radio.powerMaxWatts)
        var longest = demand / logarithmOfOnePlus(snrPerWatt * radio.powerMinWatts)
        if circuitJoules > 0 { longest = min(longest, demand / inverseMarginalShape(circuitJoules / radioScaleJoules)) }
        // The C library's logarithm is not exactly monotone.
        piBounds = shortest...max(shortest, longest)
    }

    /// Whether both energies are the paper's, without constant power and tables: what the solver in lanes takes.
    var isPlain: Bool { compute.isLaw && circuitJoules == 0 }

    /// Whether highest frequency and highest power together meet the time budget.
    var isFeasible: Bool { thetaBounds.lowerBound + piBounds.lowerBound <= 1 }

    /// Whether lowest frequency and lowest power together leave time over: then both are optimal.
    var hasSlack: Bool { thetaBounds.upperBound + piBounds.upperBound <= 1 }

    /// `-dEcom/dpi = K*(1 + (x - 1)*e^x) - circuit*T`, `x = c/pi`, J; of the printed form, a power, `K*x^2*e^x/c`.
    func radioMarginal(pi: Double, equations: EnergyEquations) -> Double {
        switch equations {
        case .corrected: max(0, radioScaleJoules * marginalShape(spectralDemand / pi) - circuitJoules)
        case .printed: radioScaleJoules * radioShape(spectralDemand / pi, equations: equations).value
        }
    }

    /// What the transmitted power saves by a longer share, over `K`, and how fast that falls: `-d/dln pi`.
    func radioShape(_ x: Double, equations: EnergyEquations) -> (value: Double, growth: Double) {
        let grown = x * x * exponential(x)
        switch equations {
        case .corrected: return (marginalShape(x), grown)
        case .printed: return (grown / spectralDemand, grown * (x + 2) / spectralDemand)
        }
    }

    /// The share of sending at which a unit more of it saves `marginal`, within the bounds.
    func radioShare(marginal: Double, equations: EnergyEquations) -> Double {
        switch equations {
        case .corrected:
            let transmitted = marginal + circuitJoules
            guard transmitted > 0 else { return piBounds.upperBound }
            return piBounds.clamp(spectralDemand / inverseMarginalShape(transmitted / radioScaleJoules))
        case .printed: return bisectedRadioShare(marginal: marginal, equations: equations)
        }
    }

    /// What `shares` cost, less what waiting for as long would where that counts, by the given form of [Lai23 eq. 13]; `printed` is what that form minimises, not an energy.
    func energyJoules(_ shares: TimeShares, equations: EnergyEquations = .corrected) -> Double {
        let power = radioScaleJoules * exponentialMinusOne(spectralDemand / shares.pi)
        let radio = equations == .corrected ? power * shares.pi : power
        return compute.joules(theta: shares.theta) + (radio + circuitJoules * shares.pi)
    }
}

/// Shares of the time budget for training and for sending.
struct TimeShares: Sendable, Equatable {
    let theta: Double
    let pi: Double
}
