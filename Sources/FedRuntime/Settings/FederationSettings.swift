import Codec
import Kernels

/// CPU cycles of one training sample, the `C` of the compute model.
public enum Workload: Sendable, Equatable {
    /// Executed floating-point operations that the meter counted, over the device's operations per cycle.
    case measured
    /// The same number for every device.
    case cyclesPerSample(Double)

    /// The paper's number, about 350 times too small for its own model.
    public static let paper = Workload.cyclesPerSample(3.25e6)
}

/// The time budget `T` of a round.
public enum TimeBudget: Sendable, Equatable {
    /// The same number of seconds in every round.
    case seconds(Double)
    /// 1.5 times the smallest at which every device is feasible without fading, fixed when the run starts.
    case automatic
}

/// What a federated run does in every round; the same for all devices.
package struct FederationSettings: Sendable, Equatable {
    /// Binds frames to the run; not zero.
    package var runID: UInt64
    package var seed: UInt64
    package var scheme: Scheme
    /// Schemes that the automatic time budget must be feasible for, besides `scheme`: those that the run is compared with.
    package var comparedSchemes: [Scheme]
    package var payload: PayloadKind
    package var quantizer: Quantizer
    package var rule: BitRule
    /// `K`: devices a round; all where there are fewer.
    package var devicesPerRound: Int
    /// `I`: optimiser steps of a device in a round.
    package var localIterations: Int
    /// `D`: samples in one local iteration.
    package var batchSize: Int
    package var workload: Workload
    package var timeBudget: TimeBudget
    /// Seconds above the time budget that a device may take where not even its fewest bits fit into it.
    package var allowedExtraSeconds: Double
    package var fading: FadingModel
    package var ledger: LedgerSettings
    package var aggregation: AggregationSettings
    /// Bits per parameter of the global model as the devices receive it, with the same grid; nil sends it exactly.
    package var downlinkBits: Int?
    /// In place of `downlinkBits`: the relative error that the global model may have as the devices receive it; each round takes the fewest
    /// bytes with it. Fewer cost every device less, so of all widths these are the plan's.
    package var downlinkDemand: Double?
    /// Whether receiving is part of the time budget.
    package var plansDownlink: Bool

    package init(
        runID: UInt64, seed: UInt64, scheme: Scheme = .onDemand, comparedSchemes: [Scheme] = [],
        payload: PayloadKind = .weights, quantizer: Quantizer = .levels(.paper), rule: BitRule = .measured,
        devicesPerRound: Int, localIterations: Int = 1, batchSize: Int, workload: Workload = .measured,
        timeBudget: TimeBudget = .automatic, allowedExtraSeconds: Double = 0, fading: FadingModel = .rayleigh,
        ledger: LedgerSettings = LedgerSettings(), aggregation: AggregationSettings = AggregationSettings(),
        downlinkBits: Int? = nil, downlinkDemand: Double? = nil, plansDownlink: Bool = false
    ) {
        self.runID = runID
        self.seed = seed
        self.scheme = scheme
        self.comparedSchemes = comparedSchemes
        self.payload = payload
        self.quantizer = quantizer
        self.rule = rule
        self.devicesPerRound = devicesPerRound
        self.localIterations = localIterations
        self.batchSize = batchSize
        self.workload = workload
        self.timeBudget = timeBudget
        self.allowedExtraSeconds = allowedExtraSeconds
        self.fading = fading
        self.ledger = ledger
        self.aggregation = aggregation
        (self.downlinkBits, self.downlinkDemand) = (downlinkBits, downlinkDemand)
        self.plansDownlink = plansDownlink
    }
}

extension FederationSettings {
    /// Whether devices start from other weights than the global ones.
    var quantizesBroadcast: Bool { downlinkBits != nil || downlinkDemand != nil }

    /// Throws the first setting, or device, that no round can be run with.
    func validate(_ devices: [FederatedDevice], layout: ParameterLayout) throws(FederationError) {
        guard runID != 0 else { throw .runIDIsZero }
        guard devicesPerRound >= 1, devicesPerRound <= devices.count else {
            throw .device(.selectionOutOfRange(count: devicesPerRound, devices: devices.count))
        }
        var ids: Set<Int> = []
        for device in devices where !ids.insert(device.id).inserted { throw .device(.duplicateID(device.id)) }
        for case .fixed(let bits) in [scheme] + comparedSchemes where !CodeWidths.all.contains(bits) {
            throw .bitsOutOfRange(bits)
        }
        if let downlinkBits, !CodeWidths.all.contains(downlinkBits) { throw .bitsOutOfRange(downlinkBits) }
        if let downlinkDemand, !(downlinkDemand > 0 && downlinkDemand.isFinite) {
            throw .downlinkDemandOutOfRange(downlinkDemand)
        }
        for (field, value) in [("local iterations", localIterations), ("batch size", batchSize)] where value < 1 {
            throw .notPositive(field: field, value: value)
        }
        if case .onDemandSystem(let error) = scheme {
            guard rule == .measured else { throw .systemBitsByTheorem }
            if let error, !(error > 0 && error.isFinite) { throw .aggregateErrorOutOfRange(error) }
        }
        if case .seconds(let seconds) = timeBudget, !(seconds > 0 && seconds.isFinite) { throw .timeBudgetOutOfRange(seconds) }
        guard allowedExtraSeconds >= 0, allowedExtraSeconds.isFinite else { throw .extraTimeOutOfRange(allowedExtraSeconds) }
        try ledger.validate()
        if case .trace(let trace) = fading {
            for device in devices where !trace.covers(device.id) { throw .traceWithoutDevice(device.id) }
        }
        try aggregation.validate(layout, devicesPerRound: devicesPerRound)
        let samples = devices.map(\.samples).sorted(by: >).prefix(devicesPerRound).reduce(0, +)
        guard samples <= Self.sampleLimit else { throw .tooManySamples(count: samples, limit: Self.sampleLimit) }
    }

    /// Refuses an error of the aggregate that no selection of the devices can reach with a model like the initial one.
    func checkReach(_ devices: [FederatedDevice], summary: ErrorSummary) throws(FederationError) {
        guard case .onDemandSystem(let error?) = scheme else { return }
        let smallest = devices.map { summary.relativeError(bits: $0.acceptedBits.upperBound) }.min() ?? 0
        guard error >= smallest else { throw .aggregateErrorUnreachable(error, smallest: smallest) }
    }

    /// Largest sum of a round's samples that the fixed-point sum holds.
    private static let sampleLimit = 1 << 31

    /// The error table of the global model, in place of that of a device that has not sent anything yet. Weights hardly change in a round,
    /// so their sizes are the model's; changes are spread otherwise, and are given the most bytes that they can take.
    func forecast(from global: Tensor, layout: ParameterLayout, threads: Int) throws(FederationError) -> ErrorSummary {
        do throws(CodecError) {
            let summary = try ErrorTable(global, layout: layout, quantizer: quantizer, threads: threads).summary
            return payload == .weights ? summary : summary.sized(forUnknownValuesOf: layout, quantizer: quantizer)
        } catch { throw .model(error) }
    }
}
