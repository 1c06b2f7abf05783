import Codec
import Energy
import Kernels

/// The server of a federated run as a state machine without I/O: `begin` -> assignments, `receive` frames, `finish`.
///
/// The same machine serves the in-process loop and any transport. Its results do not depend on the order in which frames arrive or on
/// `threads`.
///
/// Memory: the global model, 8 bytes a parameter for the sum, and one frame. Besides, with a norm bound one tensor; with a quantized
/// broadcast one copy of the model and its frame; under FedAvgM one copy of the model, under FedAdam two, and one more while a round ends.
/// Trimmed mean and median have no sum: they keep all frames, and take all devices' values of one tensor while a round ends.
package final class FederatedServer {
    package let settings: FederationSettings
    package let devices: [FederatedDevice]
    package let layout: ParameterLayout
    /// The global weights; `finish` updates them in place.
    package let global: Tensor
    /// What a resumed run needs besides `global`; changes only in `finish`.
    package internal(set) var state: ServerState
    let threads: Int
    let planner: RoundPlanner
    private let selection: DeviceSelection
    /// Where quantized broadcasts are decoded; nil where the global weights are sent exactly.
    private let received: Tensor?
    var open: OpenRound?
    /// Beside the open round rather than in it: the sum is large and only ever changed in place.
    var sum: (any UpdateAccumulator)?

    /// A new run.
    ///
    /// - Parameters:
    ///   - global: the initial weights, `layout.parameterCount` elements (precondition); the server keeps and changes them.
    ///   - warmUpFLOPsPerSample: executed floating-point operations per training sample that a metered warm-up step counted.
    /// - Throws: settings or devices out of range, or weights that cannot be coded.
    package convenience init(
        starting settings: FederationSettings, devices: [FederatedDevice], layout: ParameterLayout, global: Tensor,
        warmUpFLOPsPerSample: Double, threads: Int = 1
    ) throws(FederationError) {
        try settings.validate(devices, layout: layout)
        let planner = try RoundPlanner(settings, layout: layout)
        let forecast = DeviceForecast(
            summary: try settings.forecast(from: global, layout: layout, threads: threads),
            executedFLOPsPerSample: warmUpFLOPsPerSample)
        try settings.checkReach(devices, summary: forecast.summary)
        let state = ServerState(
            completedRounds: 0, timeBudgetSeconds: try planner.timeBudgetSeconds(devices, forecast: forecast),
            warmUpFLOPsPerSample: warmUpFLOPsPerSample, forecasts: [:],
            moments: ServerMoments(settings.aggregation.optimizer, parameterCount: layout.parameterCount))
        try self.init(resuming: state, settings: settings, devices: devices, layout: layout, global: global, threads: threads)
    }

    /// A run that goes on after `state`, with the global weights of that moment.
    ///
    /// - Throws: settings, devices, time budget or round out of range, or moments of another optimiser.
    package init(
        resuming state: ServerState, settings: FederationSettings, devices: [FederatedDevice], layout: ParameterLayout,
        global: Tensor, threads: Int = 1
    ) throws(FederationError) {
        precondition(global.count == layout.parameterCount, "\(global.count) values for \(layout.parameterCount) parameters")
        try settings.validate(devices, layout: layout)
        guard state.timeBudgetSeconds > 0, state.timeBudgetSeconds.isFinite else {
            throw .timeBudgetOutOfRange(state.timeBudgetSeconds)
        }
        guard state.completedRounds >= 0, state.completedRounds < UInt32.max else {
            throw .roundOutOfRange(state.completedRounds)
        }
        try state.moments.verify(settings.aggregation.optimizer, parameterCount: layout.parameterCount)
        planner = try RoundPlanner(settings, layout: layout)
        selection = DeviceSelection(seed: settings.seed, count: settings.devicesPerRound)
        received = settings.quantizesBroadcast ? Tensor(shape: [layout.parameterCount]) : nil
        (self.settings, self.devices, self.layout) = (settings, devices, layout)
        (self.global, self.state, self.threads) = (global, state, threads)
    }

    /// The weights that the devices of the open round start from; the global weights where no round is open or they are sent exactly.
    package var broadcast: Tensor { open?.broadcast.weights ?? global }

    /// The frame that a quantized broadcast travels in: bound to run, round and the exact weights' hash, from sender `UInt32.max`; nil where
    /// the weights are sent as they are.
    package var broadcastFrame: [UInt8]? { open?.broadcast.quantized?.frame }

    /// Opens the next round: draws fading, selects and plans the devices.
    ///
    /// Devices without a feasible plan get no assignment; `finish` reports them with the reason.
    package func begin() throws(FederationError) -> [Assignment] {
        if let open { throw .roundOpen(open.round) }
        let round = state.completedRounds + 1
        let selected = selection.indices(round: round, deviceCount: devices.count).map { devices[$0] }
        let broadcast = try broadcast(round: round)
        var first: DeviceForecast?
        var candidates: [RoundCandidate] = []
        for device in selected {
            let forecast: DeviceForecast
            if let last = state.forecasts[device.id] ?? first {
                forecast = last
            } else {
                forecast = try forecastFromGlobal()
                first = forecast
            }
            candidates.append(
                RoundCandidate(
                    device: device, fading: settings.fading.gain(seed: settings.seed, round: round, device: device.id),
                    forecast: forecast))
        }
        let system = plans(candidates, downlinkBytes: broadcast.bytes)
        let binding = FrameBinding(
            runID: settings.runID, round: UInt32(truncatingIfNeeded: round), baseModel: ModelHash(of: broadcast.weights),
            payload: settings.payload)
        let participants = zip(candidates, system.plans).map { participant($0, plan: $1, binding: binding) }
        open = OpenRound(round: round, broadcast: broadcast, participants: participants, systemBits: system.bits)
        sum = settings.aggregation.accumulator(
            global: global, layout: layout, payload: settings.payload, weightLimit: selected.reduce(0) { $0 + $1.samples },
            threads: threads)
        return participants.compactMap(\.assignment)
    }

    private func broadcast(round: Int) throws(FederationError) -> Broadcast {
        guard let received else { return Broadcast(exact: global) }
        do throws(CodecError) {
            return try Broadcast(
                quantizing: global, settings: settings, layout: layout, round: round, into: received, threads: threads)
        } catch { throw .model(error) }
    }

    /// The forecast of devices that have not sent anything yet, by the global model as it is.
    private func forecastFromGlobal() throws(FederationError) -> DeviceForecast {
        DeviceForecast(
            summary: try settings.forecast(from: global, layout: layout, threads: threads),
            executedFLOPsPerSample: state.warmUpFLOPsPerSample)
    }

    /// Each device's plan by itself, or those of all together.
    private func plans(_ candidates: [RoundCandidate], downlinkBytes: Int) -> SystemPlan {
        let timeBudgetSeconds = state.timeBudgetSeconds
        let planner = planner.receiving(downlinkBytes)
        if case .onDemandSystem(let aggregateError) = settings.scheme {
            return planner.systemPlan(candidates, timeBudgetSeconds: timeBudgetSeconds, aggregateError: aggregateError)
        }
        let plans = candidates.map { candidate in
            Result { () throws(Infeasibility) in
                try planner.plan(
                    candidate.device, fading: candidate.fading, forecast: candidate.forecast,
                    timeBudgetSeconds: timeBudgetSeconds, scheme: settings.scheme,
                    allowedExtraSeconds: settings.allowedExtraSeconds)
            }
        }
        return SystemPlan(plans: plans, bits: nil)
    }

    private func participant(
        _ candidate: RoundCandidate, plan: Result<DevicePlan, Infeasibility>, binding: FrameBinding
    ) -> Participant {
        var binding = binding
        binding.device = UInt32(candidate.device.id)
        switch plan {
        case .success(let plan):
            let assignment = Assignment(
                binding: binding, device: candidate.device, fading: candidate.fading, plan: plan, forecast: candidate.forecast,
                settings: DeviceSettings(settings))
            return Participant(
                device: candidate.device, fading: candidate.fading, assignment: assignment, phase: .waiting(nil))
        case .failure(let failure):
            return Participant(
                device: candidate.device, fading: candidate.fading, assignment: nil,
                phase: .closed(.infeasible, reason: failure.reason, nil), timeNeededSeconds: failure.timeNeededSeconds)
        }
    }
}
