import Codec
import Energy
import Kernels

/// Chooses bits and splits time: a pure function of device, channel, forecast and scheme.
struct RoundPlanner: Sendable {
    let settings: FederationSettings
    /// Bytes of a frame with exact values.
    private let exactFrameBytes: Int

    init(_ settings: FederationSettings, layout: ParameterLayout) throws(FederationError) {
        self.settings = settings
        do throws(CodecError) {
            exactFrameBytes = try UpdateCoding.exactFrameBytes(layout, options: settings.quantizer)
        } catch { throw .model(error) }
    }

    /// The plan of the first candidate width that fits into the time budget, and on demand into the device's own; throws why the narrowest
    /// does not.
    func plan(
        _ device: FederatedDevice, fading: Double, forecast: DeviceForecast, timeBudgetSeconds: Double, scheme: Scheme
    ) throws(Infeasibility) -> DevicePlan {
        var failure = Infeasibility(reason: "no bits to send")
        let candidates = scheme.bitCandidates(
            for: device, demand: device.demand, summary: forecast.summary, rule: settings.rule)
        for bits in candidates {
            do throws(Infeasibility) {
                return try plan(
                    device, fading: fading, forecast: forecast, timeBudgetSeconds: timeBudgetSeconds, scheme: scheme, bits: bits)
            } catch { failure = error }
        }
        throw failure
    }

    /// The plan of one width; throws why it does not fit into the time budget, or on demand into the device's own.
    func plan(
        _ device: FederatedDevice, fading: Double, forecast: DeviceForecast, timeBudgetSeconds: Double, scheme: Scheme, bits: Int
    ) throws(Infeasibility) -> DevicePlan {
        let problem: DeviceEnergyProblem
        do throws(EnergyInputError) {
            problem = try self.problem(
                device, fading: fading, forecast: forecast, bits: bits, timeBudgetSeconds: timeBudgetSeconds)
        } catch { throw Infeasibility(reason: "\(error)") }
        switch scheme.solve(problem) {
        case .feasible(let energy):
            let excess = device.demand.excess(bytes: Int(problem.payloadBits / 8), energyJoules: energy.energyTotalJoules)
            if scheme.isOnDemand, let excess { throw Infeasibility(reason: "\(bits) bits: \(excess)") }
            return DevicePlan(scheme: scheme, bits: bits, demand: device.demand, problem: problem, energy: energy)
        case .infeasible(let infeasibility): throw Infeasibility(reason: "\(bits) bits: \(infeasibility)")
        }
    }

    /// The time budget of the whole run: as set, or 1.5 times the smallest at which every device is feasible without fading, under the
    /// run's scheme and those that it is compared with.
    func timeBudgetSeconds(_ devices: [FederatedDevice], forecast: DeviceForecast) throws(FederationError) -> Double {
        if case .seconds(let seconds) = settings.timeBudget { return seconds }
        var smallest = 0.0
        for device in devices {
            for scheme in [settings.scheme] + settings.comparedSchemes {
                let bits = scheme.bitCandidates(
                    for: device, demand: device.demand, summary: forecast.summary, rule: settings.rule)[0]
                do throws(EnergyInputError) {
                    let problem = try problem(device, fading: 1, forecast: forecast, bits: bits, timeBudgetSeconds: 1)
                    smallest = max(smallest, scheme.smallestTimeBudgetSeconds(problem))
                } catch { throw .device(.physics(device: device.id, error)) }
            }
        }
        return 1.5 * smallest
    }

    /// Bytes of a frame of `bits` bits per parameter.
    private func frameBytes(bits: Int, summary: ErrorSummary) -> Int {
        bits == Scheme.exactBits ? exactFrameBytes : summary.codedBytes(bits: bits)
    }

    private func problem(
        _ device: FederatedDevice, fading: Double, forecast: DeviceForecast, bits: Int, timeBudgetSeconds: Double
    ) throws(EnergyInputError) -> DeviceEnergyProblem {
        let cyclesPerSample =
            switch settings.workload {
            case .measured: forecast.executedFLOPsPerSample / device.processor.flopsPerCycle
            case .cyclesPerSample(let cycles): cycles
            }
        return try device.energyProblem(
            localIterations: settings.localIterations, samplesPerIteration: settings.batchSize, cyclesPerSample: cyclesPerSample,
            fading: fading, payloadBits: 8 * Double(frameBytes(bits: bits, summary: forecast.summary)),
            timeBudgetSeconds: timeBudgetSeconds)
    }
}

extension FederatedDevice {
    /// The energy problem of one of its rounds.
    func energyProblem(
        localIterations: Int, samplesPerIteration: Int, cyclesPerSample: Double, fading: Double, payloadBits: Double,
        timeBudgetSeconds: Double
    ) throws(EnergyInputError) -> DeviceEnergyProblem {
        try DeviceEnergyProblem(
            compute: processor.work(
                localIterations: localIterations, samplesPerIteration: samplesPerIteration, cyclesPerSample: cyclesPerSample),
            radio: radio.faded(by: fading), payloadBits: payloadBits, timeBudgetSeconds: timeBudgetSeconds)
    }
}
