import Codec
import Energy
import Records

/// What the server expects a device's update to cost.
struct ForecastPart: Codable, Sendable, Equatable {
    let squaredNorm: Double
    /// For 2 to 8 bits.
    let expectedErrors: [Double]
    let codedBytes: [Int]
    let flopsPerSample: Double

    enum CodingKeys: String, CodingKey {
        case squaredNorm = "squared_norm"
        case expectedErrors = "expected_errors"
        case codedBytes = "coded_bytes"
        case flopsPerSample = "flops_per_sample"
    }

    init(_ forecast: DeviceForecast) {
        (squaredNorm, expectedErrors) = (forecast.summary.squaredNorm, forecast.summary.expectedErrors)
        (codedBytes, flopsPerSample) = (forecast.summary.codedBytes, forecast.executedFLOPsPerSample)
    }

    func forecast() throws(MessageError) -> DeviceForecast {
        let widths = CodeWidths.all.count
        guard expectedErrors.count == widths, codedBytes.count == widths,
            ([squaredNorm, flopsPerSample] + expectedErrors)
                .allSatisfy({ $0 >= 0 && $0.isFinite })
        else { throw MessageError("forecast has not \(widths) errors and sizes of at least 0") }
        return DeviceForecast(
            summary: ErrorSummary(squaredNorm: squaredNorm, expectedErrors: expectedErrors, codedBytes: codedBytes),
            executedFLOPsPerSample: flopsPerSample)
    }
}

/// Bits, frequency and power of a round, and the problem that they solve.
struct PlanPart: Codable, Sendable, Equatable {
    /// `on-demand`, `on-demand-system`, `on-demand-even`, `fixed`, `fixed-optimal`, `fedavg` or `fedavg-optimal`.
    let scheme: String
    let aggregateError: Double?
    let bits: Int
    let demand: DemandPart
    let localIterations: Int
    let samplesPerIteration: Int
    let cyclesPerSample: Double
    let power: PowerPart
    let frequencyMinHertz: Double
    let frequencyMaxHertz: Double
    /// The channel in this round, fading included.
    let radio: RadioPart
    let payloadBits: Double
    let timeBudgetSeconds: Double
    /// What waiting draws, where it is minimised, too; else 0.
    let idlePowerWatts: Double
    /// What is received before training, where that is part of the time budget.
    let reception: ReceptionPart?
    /// Shares of the time budget for training and for sending: frequency and power follow from them, and are here to be read.
    let theta: Double
    let pi: Double
    let frequencyHertz: Double
    let powerWatts: Double
    let outageAction: DeviceRecord.OutageAction?
    let outageReason: String?

    enum CodingKeys: String, CodingKey {
        case scheme, bits, demand, power, radio, reception, theta, pi
        case aggregateError = "aggregate_error"
        case localIterations = "local_iterations"
        case samplesPerIteration = "samples_per_iteration"
        case cyclesPerSample = "cycles_per_sample"
        case frequencyMinHertz = "frequency_min_hz"
        case frequencyMaxHertz = "frequency_max_hz"
        case payloadBits = "payload_bits"
        case timeBudgetSeconds = "time_budget_s"
        case idlePowerWatts = "idle_power_w"
        case frequencyHertz = "frequency_hz"
        case powerWatts = "power_w"
        case outageAction = "outage_action"
        case outageReason = "outage_reason"
    }

    init(_ plan: DevicePlan) {
        switch plan.scheme {
        case .onDemand: (scheme, aggregateError) = ("on-demand", nil)
        case .onDemandSystem(let error): (scheme, aggregateError) = ("on-demand-system", error)
        case .onDemandEvenSplit: (scheme, aggregateError) = ("on-demand-even", nil)
        case .fixed: (scheme, aggregateError) = ("fixed", nil)
        case .fixedOptimalSplit: (scheme, aggregateError) = ("fixed-optimal", nil)
        case .fedAvg: (scheme, aggregateError) = ("fedavg", nil)
        case .fedAvgOptimalSplit: (scheme, aggregateError) = ("fedavg-optimal", nil)
        }
        let (compute, energy) = (plan.problem.compute, plan.energy)
        (bits, demand, radio) = (plan.bits, DemandPart(plan.demand), RadioPart(plan.problem.radio))
        (localIterations, samplesPerIteration) = (compute.localIterations, compute.samplesPerIteration)
        (cyclesPerSample, power) = (compute.cyclesPerSample, PowerPart(compute.power))
        (frequencyMinHertz, frequencyMaxHertz) = (compute.frequencyMinHertz, compute.frequencyMaxHertz)
        (payloadBits, timeBudgetSeconds) = (plan.problem.payloadBits, plan.problem.timeBudgetSeconds)
        idlePowerWatts = plan.problem.idlePowerWatts
        reception = plan.problem.reception == .none ? nil : ReceptionPart(plan.problem.reception)
        (theta, pi, frequencyHertz, powerWatts) = (energy.theta, energy.pi, energy.frequencyHertz, energy.powerWatts)
        (outageAction, outageReason) = (plan.outage?.action, plan.outage?.reason)
    }

    func plan() throws(MessageError) -> DevicePlan {
        guard bits == Scheme.exactBits || CodeWidths.all.contains(bits) else { throw MessageError("plan: bits \(bits) is none") }
        let energy: EnergyPlan
        let problem: DeviceEnergyProblem
        do {
            problem = try DeviceEnergyProblem(
                compute: ComputeModel(
                    localIterations: localIterations, samplesPerIteration: samplesPerIteration, cyclesPerSample: cyclesPerSample,
                    power: power.power(), frequencyMinHertz: frequencyMinHertz, frequencyMaxHertz: frequencyMaxHertz),
                radio: radio.radio(), payloadBits: payloadBits, timeBudgetSeconds: timeBudgetSeconds,
                idlePowerWatts: idlePowerWatts, reception: reception?.reception() ?? .none)
            energy = try EnergyPlan(problem, givenTheta: theta, pi: pi)
        } catch { throw MessageError("plan", error) }
        return DevicePlan(
            scheme: try planned(), bits: bits, demand: try demand.demand(), problem: problem, energy: energy,
            outage: outageAction.map { Outage(action: $0, reason: outageReason ?? "") })
    }

    private func planned() throws(MessageError) -> Scheme {
        switch scheme {
        case "on-demand": .onDemand
        case "on-demand-system": .onDemandSystem(aggregateError: aggregateError)
        case "on-demand-even": .onDemandEvenSplit
        case "fixed": .fixed(bits: bits)
        case "fixed-optimal": .fixedOptimalSplit(bits: bits)
        case "fedavg": .fedAvg
        case "fedavg-optimal": .fedAvgOptimalSplit
        default: throw MessageError("plan: scheme \(scheme) is none")
        }
    }
}
