import Codec
import Energy
import Kernels

/// Chooses bits and splits time: a pure function of device, channel, forecast and scheme.
struct RoundPlanner: Sendable {
    let settings: FederationSettings
    /// Bytes of a frame with exact values.
    private let exactFrameBytes: Int
    private let parameterCount: Int
    /// Bytes that devices receive before they train; 0 where plans do not count them.
    private var downlinkBytes = 0

    init(_ settings: FederationSettings, layout: ParameterLayout) throws(FederationError) {
        self.settings = settings
        parameterCount = layout.parameterCount
        do throws(CodecError) {
            exactFrameBytes = try settings.quantizer.exactFrameBytes(layout)
        } catch { throw .model(error) }
    }

    /// The planner of a round before which devices receive so many bytes.
    func receiving(_ bytes: Int) -> RoundPlanner {
        var planner = self
        planner.downlinkBytes = settings.plansDownlink ? bytes : 0
        return planner
    }

    /// The first plan that fits: the widths that the device may send, from the wanted one down, within the time budget and on demand within
    /// the device's own; where none fits, the same within `allowedExtraSeconds` more.
    ///
    /// - Throws: why not even the narrowest width fits.
    func plan(
        _ device: FederatedDevice, fading: Double, forecast: DeviceForecast, timeBudgetSeconds: Double, scheme: Scheme,
        allowedExtraSeconds: Double = 0
    ) throws(Infeasibility) -> DevicePlan {
        let candidates = scheme.bitCandidates(
            for: device, demand: device.demand, summary: forecast.summary, rule: settings.rule)
        var failures: [Infeasibility] = []
        for budget in budgets(timeBudgetSeconds, allowedExtraSeconds) {
            for bits in candidates {
                do throws(Infeasibility) {
                    var plan = try plan(
                        device, fading: fading, forecast: forecast, timeBudgetSeconds: budget, scheme: scheme, bits: bits)
                    let isLonger = budget > timeBudgetSeconds
                    // A device with a budget of its own always tries from the most bits down.
                    if let first = failures.first, isLonger || device.demand.error != nil {
                        plan.outage = Outage(
                            action: isLonger ? .longerTime : .fewerBits,
                            reason: "\(first.reason); planned \(bits) bits within \(budget) s instead")
                    }
                    return plan
                } catch { failures.append(error) }
            }
        }
        throw failures.last ?? Infeasibility(reason: "no bits to send")
    }

    /// The time budget, and the longer one where one is allowed.
    func budgets(_ timeBudgetSeconds: Double, _ allowedExtraSeconds: Double) -> [Double] {
        [timeBudgetSeconds] + (allowedExtraSeconds > 0 ? [timeBudgetSeconds + allowedExtraSeconds] : [])
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
        case .feasible(let solution):
            let energy =
                scheme.splitsOptimally && bits != Scheme.exactBits ? solution.leaving(room: payloadRoom, for: problem) : solution
            let excess = device.demand.excess(bytes: Int(problem.payloadBits / 8), energyJoules: energy.energyTotalJoules)
            if scheme.isOnDemand, let excess { throw Infeasibility(reason: "\(bits) bits: \(excess)") }
            return DevicePlan(scheme: scheme, bits: bits, demand: device.demand, problem: problem, energy: energy)
        case .infeasible(let infeasibility): throw Infeasibility("\(bits) bits", infeasibility)
        }
    }

    /// The time budget of the whole run: as set, or 1.5 times the smallest at which every device is feasible without fading, under the
    /// run's scheme and those that it is compared with.
    func timeBudgetSeconds(_ devices: [FederatedDevice], forecast: DeviceForecast) throws(FederationError) -> Double {
        if case .seconds(let seconds) = settings.timeBudget { return seconds }
        let planner = receiving(downlinkBytes(forecast.summary))
        var smallest = 0.0
        for device in devices {
            for scheme in [settings.scheme] + settings.comparedSchemes {
                let bits = scheme.bitCandidates(
                    for: device, demand: device.demand, summary: forecast.summary, rule: settings.rule)[0]
                do throws(EnergyInputError) {
                    let problem = try planner.problem(device, fading: 1, forecast: forecast, bits: bits, timeBudgetSeconds: 1)
                    smallest = max(smallest, scheme.smallestTimeBudgetSeconds(problem))
                } catch { throw .device(.physics(device: device.id, error)) }
            }
        }
        return DeviceEnergyProblem.automaticTimeBudgetSeconds(smallest: smallest)
    }

    /// By what share a frame may turn out larger than planned. A lattice's size depends on the values, which change from round to round;
    /// the share is what docs/energy.md found, twice over. Levels take what their bits say.
    private var payloadRoom: Double {
        if case .lattice = settings.quantizer { 0.05 } else { 0 }
    }

    /// What devices will receive, by the sizes of the global model's codings.
    private func downlinkBytes(_ summary: ErrorSummary) -> Int {
        let demanded = settings.downlinkDemand.flatMap {
            summary.smallestBits(accepted: CodeWidths.all, demand: .relative($0), rule: .measured) ?? CodeWidths.all.upperBound
        }
        guard let bits = settings.downlinkBits ?? demanded else { return Broadcast.exactBytes(parameters: parameterCount) }
        return frameBytes(bits: bits, summary: summary)
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
            timeBudgetSeconds: timeBudgetSeconds,
            reception: reception(of: device))
    }

    private func reception(of device: FederatedDevice) throws(EnergyInputError) -> Reception {
        guard downlinkBytes > 0 else { return .none }
        return try Reception(
            bits: 8 * Double(downlinkBytes), bitsPerSecond: settings.ledger.downlinkBitsPerSecond,
            powerWatts: device.receiverPowerWatts)
    }
}

extension FederatedDevice {
    /// The energy problem of one of its rounds.
    package func energyProblem(
        localIterations: Int, samplesPerIteration: Int, cyclesPerSample: Double, fading: Double, payloadBits: Double,
        timeBudgetSeconds: Double, reception: Reception = .none
    ) throws(EnergyInputError) -> DeviceEnergyProblem {
        try DeviceEnergyProblem(
            compute: processor.work(
                localIterations: localIterations, samplesPerIteration: samplesPerIteration, cyclesPerSample: cyclesPerSample),
            radio: radio.faded(by: fading), payloadBits: payloadBits, timeBudgetSeconds: timeBudgetSeconds,
            idlePowerWatts: idleCounts ? idlePowerWatts : 0, reception: reception)
    }
}
