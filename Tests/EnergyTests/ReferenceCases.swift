import Energy
import Foundation
import Testing

/// One line of `Fixtures/energy_cases.json`: a device and its optimum, solved at 60 digits.
struct ReferenceCase: Decodable, Sendable, CustomTestStringConvertible {
    let device: Device
    let solution: Solution
    var testDescription: String { device.id }

    struct Device: Decodable, Sendable {
        let id: String
        let localIterations: Int
        let samplesPerIteration: Int
        let cyclesPerSample: Double
        let energyCoefficient: Double
        let frequencyMinHz: Double
        let frequencyMaxHz: Double
        let powerMinW: Double
        let powerMaxW: Double
        let bandwidthHz: Double
        let channelGain: Double
        let distanceM: Double
        let pathLossExponent: Double
        let noiseDbmPerMhz: Double
        let parameterCount: Double
        let bitsPerParameter: Double
        let timeBudgetS: Double
    }

    struct Solution: Decodable, Sendable {
        let feasible: Bool
        let theta: Double?
        let pi: Double?
        let frequencyHz: Double?
        let powerW: Double?
        let timeComputeS: Double?
        let timeCommunicationS: Double?
        let energyComputeJ: Double?
        let energyCommunicationJ: Double?
        let energyTotalJ: Double?
        let energyEvenSplitJ: Double?
    }

    static func load() throws -> [ReferenceCase] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/energy_cases.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode([ReferenceCase].self, from: Data(contentsOf: file))
    }

    var problem: DeviceEnergyProblem {
        get throws { try device.problem }
    }
}

extension ReferenceCase.Device {
    var problem: DeviceEnergyProblem {
        get throws {
            try DeviceEnergyProblem(
                compute: ComputeModel(
                    localIterations: localIterations, samplesPerIteration: samplesPerIteration, cyclesPerSample: cyclesPerSample,
                    energyCoefficient: energyCoefficient, frequencyMinHertz: frequencyMinHz, frequencyMaxHertz: frequencyMaxHz),
                radio: RadioModel(
                    bandwidthHertz: bandwidthHz, channelGain: channelGain, distanceMetres: distanceM,
                    pathLossExponent: pathLossExponent, noiseDBmPerMegahertz: noiseDbmPerMhz, powerMinWatts: powerMinW,
                    powerMaxWatts: powerMaxW),
                payloadBits: parameterCount * bitsPerParameter, timeBudgetSeconds: timeBudgetS)
        }
    }
}

/// True where `value` lies within `tolerance` of `reference`, relative to it; false on NaN.
func agrees(_ value: Double, _ reference: Double?, tolerance: Double) -> Bool {
    guard let reference else { return false }
    return abs(value - reference) <= tolerance * abs(reference)
}

/// Checks a plan against a reference solution, with one tolerance for energies and one for shares.
func expectAgreement(
    _ plan: EnergyPlan, _ reference: ReferenceCase.Solution, energy: Double, shares: Double,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let checks: [(String, Double, Double?, Double)] = [
        ("energy_total_j", plan.energyTotalJoules, reference.energyTotalJ, energy),
        ("theta", plan.theta, reference.theta, shares),
        ("pi", plan.pi, reference.pi, shares),
    ]
    for (name, value, expected, tolerance) in checks {
        #expect(
            agrees(value, expected, tolerance: tolerance), "\(name) \(value), reference \(expected ?? .nan)",
            sourceLocation: sourceLocation)
    }
}
