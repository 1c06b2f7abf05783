/// Eight problems, in the quantities that their shares are made of.
struct ProblemLanes: Sendable {
    private var workCycles = Lanes()
    private var energyCoefficient = Lanes()
    private var frequencyMin = Lanes()
    private var frequencyMax = Lanes()
    private var signalToNoisePerWatt = Lanes()
    private var powerMin = Lanes()
    private var powerMax = Lanes()
    /// `ln2*S/B`: seconds of sending at one nat per second and hertz.
    private var natSeconds = Lanes()
    private var timeBudget = Lanes()

    /// One problem in all lanes.
    init(repeating problem: DeviceEnergyProblem) {
        for lane in 0..<Lanes.scalarCount { set(problem, lane: lane) }
    }

    mutating func set(_ problem: DeviceEnergyProblem, lane: Int) {
        let radio = problem.radio
        workCycles[lane] = problem.compute.workCycles
        energyCoefficient[lane] = problem.compute.energyCoefficient
        frequencyMin[lane] = problem.compute.frequencyMinHertz
        frequencyMax[lane] = problem.compute.frequencyMaxHertz
        signalToNoisePerWatt[lane] = radio.signalToNoisePerWatt
        powerMin[lane] = radio.powerMinWatts
        powerMax[lane] = radio.powerMaxWatts
        natSeconds[lane] = naturalLogarithmOfTwo * problem.payloadBits / radio.bandwidthHertz
        timeBudget[lane] = problem.availableSeconds
    }

    func solve(equations: EnergyEquations) -> PlanLanes {
        let demand = natSeconds / timeBudget
        let cyclesPerSecond = workCycles / timeBudget
        let split = SplitLanes(
            computeScale: energyCoefficient * workCycles * cyclesPerSecond * cyclesPerSecond,
            radioScale: timeBudget / signalToNoisePerWatt, spectralDemand: demand, thetaMin: cyclesPerSecond / frequencyMax,
            thetaMax: cyclesPerSecond / frequencyMin, piMin: demand / logarithmOfOnePlus(signalToNoisePerWatt * powerMax),
            piMax: demand / logarithmOfOnePlus(signalToNoisePerWatt * powerMin))
        let (theta, pi) = split.solve(equations: equations)
        let frequency = smaller(larger(cyclesPerSecond / theta, frequencyMin), frequencyMax)
        let power = smaller(larger(exponentialMinusOne(demand / pi) / signalToNoisePerWatt, powerMin), powerMax)
        return PlanLanes(
            theta: theta, pi: pi, frequency: frequency, power: power, timeBudget: timeBudget,
            energyCompute: energyCoefficient * workCycles * frequency * frequency,
            energyCommunication: power * pi * timeBudget)
    }
}

/// Eight plans; `theta` is 0 where there is none.
struct PlanLanes: Sendable {
    let theta: Lanes
    let pi: Lanes
    let frequency: Lanes
    let power: Lanes
    let timeBudget: Lanes
    let energyCompute: Lanes
    let energyCommunication: Lanes

    func plan(lane: Int) -> EnergyPlan? {
        guard theta[lane] > 0 else { return nil }
        return EnergyPlan(
            theta: theta[lane], pi: pi[lane], frequencyHertz: frequency[lane], powerWatts: power[lane],
            timeComputeSeconds: theta[lane] * timeBudget[lane], timeCommunicationSeconds: pi[lane] * timeBudget[lane],
            energyComputeJoules: energyCompute[lane], energyCommunicationJoules: energyCommunication[lane])
    }
}
