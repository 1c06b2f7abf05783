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

    /// The first plan that fits: the widths that the device may send, from the wanted one down, within the time budget; where none fits,
    /// the same within `allowedExtraSeconds` more.
    ///
    /// - Throws: why not even the narrowest width fits.
    func plan(
        _ device: FederatedDevice, fading: Double, forecast: DeviceForecast, timeBudgetSeconds: Double, scheme: Scheme,
        allowedExtraSeconds: Double = 0
    ) throws(Infeasibility) -> DevicePlan {
        let candidates = scheme.bitCandidates(for: device, summary: forecast.summary, rule: settings.rule)
        var reasons: [String] = []
        for budget in [timeBudgetSeconds] + (allowedExtraSeconds > 0 ? [timeBudgetSeconds + allowedExtraSeconds] : []) {
            for bits in candidates {
                let problem: DeviceEnergyProblem
                do throws(EnergyInputError) {
                    problem = try self.problem(
                        device, fading: fading, forecast: forecast, bits: bits, timeBudgetSeconds: budget)
                } catch { throw Infeasibility(reason: "\(error)") }
                switch scheme.solve(problem) {
                case .feasible(let energy):
                    let outage = reasons.first.map { reason in
                        Outage(
                            action: budget > timeBudgetSeconds ? .longerTime : .fewerBits,
                            reason: "\(reason); planned \(bits) bits within \(budget) s instead")
                    }
                    return DevicePlan(scheme: scheme, bits: bits, problem: problem, energy: energy, outage: outage)
                case .infeasible(let infeasibility): reasons.append("\(bits) bits: \(infeasibility)")
                }
            }
        }
        throw Infeasibility(reason: reasons.last ?? "no bits to send")
    }

    /// The time budget of the whole run: as set, or 1.5 times the smallest at which every device is feasible without fading, under the
    /// run's scheme and those that it is compared with.
    func timeBudgetSeconds(_ devices: [FederatedDevice], forecast: DeviceForecast) throws(FederationError) -> Double {
        if case .seconds(let seconds) = settings.timeBudget { return seconds }
        var smallest = 0.0
        for device in devices {
            for scheme in [settings.scheme] + settings.comparedSchemes {
                let bits = scheme.bitCandidates(for: device, summary: forecast.summary, rule: settings.rule)[0]
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
        return try DeviceEnergyProblem(
            compute: device.processor.work(
                localIterations: settings.localIterations, samplesPerIteration: settings.batchSize,
                cyclesPerSample: cyclesPerSample),
            radio: device.radio.faded(by: fading),
            payloadBits: 8 * Double(frameBytes(bits: bits, summary: forecast.summary)), timeBudgetSeconds: timeBudgetSeconds)
    }
}
