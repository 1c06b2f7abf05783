import Energy
import Foundation

/// Devices of all kinds, from one seed: small and large payloads, near and far, fast and slow, tight and generous budgets.
struct RandomProblems {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        let fraction = Double((z ^ (z >> 31)) >> 11) * 0x1p-53
        return range.lowerBound + fraction * (range.upperBound - range.lowerBound)
    }

    /// 10 to a uniformly drawn exponent.
    mutating func decades(_ range: ClosedRange<Double>) -> Double { pow(10, uniform(range)) }

    /// A device within a few decades of the paper's.
    mutating func next() throws -> DeviceEnergyProblem {
        let frequencyMax = decades(8...9.5)
        let powerMax = decades(-1...0.5)
        return try DeviceEnergyProblem(
            compute: ComputeModel(
                localIterations: Int(uniform(1...5)), samplesPerIteration: Int(uniform(64...1024)),
                cyclesPerSample: decades(5.5...7), energyCoefficient: decades(-27 ... -25),
                frequencyMinHertz: frequencyMax * decades(-3 ... -0.1), frequencyMaxHertz: frequencyMax),
            radio: RadioModel(
                bandwidthHertz: decades(6...8), channelGain: decades(-4 ... -2), distanceMetres: uniform(5...150),
                powerMinWatts: powerMax * decades(-5 ... -0.1), powerMaxWatts: powerMax),
            payloadBits: decades(5...9.5), timeBudgetSeconds: decades(0.3...2))
    }

    /// A device anywhere in the accepted ranges, most of them absurd.
    mutating func nextExtreme() throws -> DeviceEnergyProblem {
        let frequencyMax = decades(0...15)
        let powerMax = decades(-12...6)
        return try DeviceEnergyProblem(
            compute: ComputeModel(
                localIterations: Int(decades(0...9)), samplesPerIteration: Int(decades(0...9)), cyclesPerSample: decades(-3...18),
                energyCoefficient: decades(-40 ... -10),
                frequencyMinHertz: uniform(0...1) < 0.3 ? 0 : frequencyMax * decades(-15...0),
                frequencyMaxHertz: frequencyMax),
            radio: RadioModel(
                bandwidthHertz: decades(0...15), channelGain: decades(-30...6), distanceMetres: decades(-3...9),
                pathLossExponent: uniform(0...10), noiseDBmPerMegahertz: uniform(-300...100),
                powerMinWatts: uniform(0...1) < 0.3 ? 0 : powerMax * decades(-15...0), powerMaxWatts: powerMax),
            payloadBits: decades(0...18), timeBudgetSeconds: decades(-9...12))
    }
}
