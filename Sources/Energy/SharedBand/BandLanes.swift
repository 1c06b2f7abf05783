/// Eight devices that share a band, and the state of their search: what each does at a price of bandwidth.
///
/// With `x = ln2*S/(B*t)`, nats per symbol, sending for `t` seconds costs `Ecom = (s/gamma)*h(x)`, where `s = ln2*S`, `gamma = g/N0`,
/// `h(x) = (e^x - 1)/x`, at the power `P = Ecom/t`. Both energies are convex in `(theta, pi, B)` together, so the energy of the best split,
/// `E*(B)`, is convex and decreasing, and at a price `mu` a device takes the only B at which `-dE*/dB = mu`.
struct BandLanes: Sendable {
    /// How many of the lanes are devices; the others repeat the last one.
    private(set) var count = 0
    private var workCycles = Lanes()
    private var twiceEnergyCoefficient = Lanes()
    private var shortestCompute = Lanes()
    private var longestCompute = Lanes()
    /// `gamma = g/N0`, Hz/W.
    private var gainOverNoise = Lanes()
    private var powerMin = Lanes()
    private var powerMax = Lanes()
    /// `s = ln2*S`.
    private var nats = Lanes()
    /// Of training and sending.
    private var timeBudget = Lanes()
    /// What receiving takes before.
    private var receiving = Lanes()
    /// The nats per symbol found at the last price: where the next search starts.
    private var x = Lanes()
    private var hasStart = false
    /// The devices beyond the paper's law and radio, by their lane.
    private var others: [(lane: Int, device: BandDevice)] = []

    /// One device in all lanes.
    init(repeating problem: DeviceEnergyProblem) {
        for lane in 0..<Lanes.scalarCount { set(problem, lane: lane) }
    }

    /// Puts a device that the whole band can serve into the next lane.
    mutating func append(_ problem: DeviceEnergyProblem) {
        for lane in count..<Lanes.scalarCount { set(problem, lane: lane) }
        if !problem.isPlain { others.append((count, BandDevice(problem))) }
        count += 1
    }

    private mutating func set(_ problem: DeviceEnergyProblem, lane: Int) {
        let (compute, radio) = (problem.compute, problem.radio)
        workCycles[lane] = compute.workCycles
        // A lane that plans no device by the law needs any positive number.
        twiceEnergyCoefficient[lane] = problem.isPlain ? 2 * compute.energyCoefficient : PaperDevice.energyCoefficient
        shortestCompute[lane] = compute.workCycles / compute.frequencyMaxHertz
        longestCompute[lane] = min(compute.workCycles / compute.frequencyMinHertz, Self.longestSeconds)
        gainOverNoise[lane] = radio.pathGain / radio.noiseDensity
        powerMin[lane] = radio.powerMinWatts
        powerMax[lane] = radio.powerMaxWatts
        nats[lane] = naturalLogarithmOfTwo * problem.payloadBits
        timeBudget[lane] = problem.availableSeconds
        receiving[lane] = problem.reception.seconds
    }

    /// Plans for another time budget, the same for all.
    mutating func setTimeBudget(_ seconds: Double) {
        timeBudget = Lanes(repeating: seconds) - receiving
        hasStart = false
    }

    /// Longest and shortest time that sending can take to advantage: what the fastest and the slowest training leave.
    private var longestSending: Lanes { larger(timeBudget - shortestCompute, Lanes(repeating: Self.shortestSeconds)) }
    private var shortestSending: Lanes {
        smaller(larger(timeBudget - longestCompute, Lanes(repeating: Self.shortestSeconds)), longestSending)
    }

    /// The least bandwidth that each device needs: at its highest frequency and power. Very large where none suffices.
    func smallestBandwidth() -> Lanes {
        let seconds = longestSending
        let energyRatio = gainOverNoise * powerMax * seconds / nats
        let x = inverseEnergyShape(energyRatio)
        return nats / (seconds * x)
    }

    /// The bandwidth that each device takes at `price`, J/Hz.
    mutating func demand(price: Double) -> Lanes {
        guard !others.isEmpty else { return plainDemand(price: price) }
        var demand = others.count < count ? plainDemand(price: price) : Lanes(repeating: 0)
        for (lane, device) in others { demand[lane] = device.demand(price: price) }
        return demand
    }

    /// The same of the devices with the paper's law and radio, the others planned by the law with their highest frequency.
    private mutating func plainDemand(price: Double) -> Lanes {
        let mu = Lanes(repeating: price)
        if !hasStart {
            let shape = mu * gainOverNoise * 2 / (shortestSending + longestSending)
            x = logarithmOfOnePlus((2 * smaller(shape, Lanes(repeating: 1e100))).squareRoot())
            hasStart = true
        }
        x = smaller(larger(x, Lanes(repeating: BandNats.least)), Lanes(repeating: BandNats.most))
        let interior = solveInterior(price: mu, from: x)
        let power = nats * energyShape(interior.x) / (gainOverNoise * interior.seconds)
        let aboveMax = power .> powerMax
        let belowMin = power .< powerMin
        let limits = aboveMax .| belowMin
        guard any(limits) else {
            x = interior.x
            return nats / (interior.x * interior.seconds)
        }
        let limited = solveAtPower(
            powerMin.replacing(with: powerMax, where: aboveMax), price: mu, from: interior.x, where: limits)
        x = interior.x.replacing(with: limited.x, where: limits)
        return nats / (x * interior.seconds.replacing(with: limited.seconds, where: limits))
    }

    /// Times are kept between these: far beyond any device's, and finite.
    static let longestSeconds = 1e40
    static let shortestSeconds = 1e-25
}

extension BandLanes {
    /// Nats per symbol and seconds of sending at which the price is right, powers left free.
    ///
    /// `phi(x) = mu*gamma/t` and `2*tau*f^3 = mu*s/(x*t^2)`: the first gives t, the second is solved for x; where t leaves its bounds, the
    /// first is solved at the bound. All three conditions rise with x, so the solution is the root of `max(low, min(free, high))`.
    @inline(__always)
    private func solveInterior(price mu: Lanes, from start: Lanes) -> (x: Lanes, seconds: Lanes) {
        let (lowest, highest) = (shortestSending, longestSending)
        let priced = mu * gainOverNoise
        let x = increasingRoot(from: start, where: SIMDMask(repeating: true)) { x in
            let minusOne = exponentialMinusOne(x)
            let shape = marginalShape(x, exponentialMinusOne: minusOne)
            let elasticity = x * x * (minusOne + 1) / shape
            let seconds = smaller(
                larger(priced / shape, Lanes(repeating: Self.shortestSeconds)), Lanes(repeating: Self.longestSeconds))
            let computeSeconds = larger(timeBudget - seconds, shortestCompute)
            let frequency = workCycles / computeSeconds
            let processor: Lanes = twiceEnergyCoefficient * frequency * frequency * frequency
            let free: Lanes = mu * nats / (x * seconds * seconds) / processor
            let (low, high) = (lowest / seconds, highest / seconds)
            let atHigh = high .< free
            let upper = free.replacing(with: high, where: atHigh)
            let atLow = low .> upper
            // Beyond `highest` the processor is at its limit: its condition no longer moves.
            let training: Lanes = 3 * elasticity * seconds / computeSeconds
            let freeSlope: Lanes = 2 * elasticity - 1 + training.replacing(with: 0, where: high .<= 1)
            let slope = freeSlope.replacing(with: elasticity, where: atHigh .| atLow)
            return (upper.replacing(with: low, where: atLow), slope)
        }
        let shape = marginalShape(x, exponentialMinusOne: exponentialMinusOne(x))
        return (x, smaller(larger(priced / shape, lowest), highest))
    }

    /// The same where the power is given, for the lanes of `mask`: `t = s*h(x)/(gamma*P)`.
    ///
    /// Sending longer costs `P` a second and, in time, the processor's `2*tau*f^3`; it saves `-mu*dB/dt`. Where training needs none of the
    /// time, only the power counts.
    @inline(__always)
    private func solveAtPower(
        _ power: Lanes, price mu: Lanes, from start: Lanes, where mask: SIMDMask<SIMD8<Int64>>
    ) -> (x: Lanes, seconds: Lanes) {
        let (lowest, highest) = (shortestSending, longestSending)
        let secondsScale = nats / (gainOverNoise * power)
        // mu*gamma^2*P^2/s: the scale of what a second saves.
        let savingScale = mu * gainOverNoise * power / secondsScale
        let x = increasingRoot(from: start, where: mask) { x in
            let minusOne = exponentialMinusOne(x)
            let shape = marginalShape(x, exponentialMinusOne: minusOne)
            let seconds = secondsScale * minusOne / x
            let computeSeconds = smaller(larger(timeBudget - seconds, shortestCompute), longestCompute)
            let frequency = workCycles / computeSeconds
            let processor = twiceEnergyCoefficient * frequency * frequency * frequency
            let grown: Lanes = minusOne + 1
            let curvature: Lanes = x * x / shape
            let saving: Lanes = savingScale * grown / (minusOne * minusOne) * curvature
            let (idle, busy) = (power / saving, (power + processor) / saving)
            let (low, high) = (seconds / lowest, seconds / highest)
            // max(idle, min(busy, low), high)
            let atLow = low .< busy
            var value = busy.replacing(with: low, where: atLow)
            // Slopes in x.
            let secondsSlope: Lanes = shape / (x * minusOne)
            let savingSlope: Lanes = (2 * grown / minusOne) + (x * grown / shape) - (1 + 2 / x)
            let share: Lanes = processor / (power + processor)
            let training: Lanes = 3 * secondsSlope * share * seconds / computeSeconds
            let busySlope = savingSlope + training.replacing(with: 0, where: high .>= 1)
            var slope = busySlope.replacing(with: secondsSlope, where: atLow)
            let atIdle = idle .> value
            value.replace(with: idle, where: atIdle)
            slope.replace(with: savingSlope, where: atIdle)
            let atHigh = high .> value
            return (value.replacing(with: high, where: atHigh), x * slope.replacing(with: secondsSlope, where: atHigh))
        }
        return (x, smaller(secondsScale * energyShape(x), highest))
    }
}
