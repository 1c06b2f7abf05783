import FedRuntime
import Report

/// A run in a few numbers: `summary.json`.
public struct RunSummary: Codable, Sendable, Equatable {
    public let version: String
    public let roundsCompleted: Int
    public let lossFirst: Double?
    public let lossLast: Double?
    public let lossHeldOutFirst: Double?
    public let lossHeldOutLast: Double?
    public let energyComputeJoules: Double
    public let energyCommunicationJoules: Double
    public let energyTotalJoules: Double
    /// Receiving, waiting, and all energy together.
    public let energyDownloadJoules: Double?
    public let energyIdleJoules: Double?
    public let energySystemJoules: Double?
    /// nil where the run states no grid intensity.
    public let co2Grams: Double?
    public let uploadBytes: Int
    public let downloadBytes: Int
    public let samplesTrained: Int
    public let flopsMeasured: Int
    /// Where bits are chosen for all devices together: the mean of the rounds' bounds on the aggregate's error.
    public let aggregateErrorBound: Double?
    /// Where bits are chosen for all devices together: the largest of the rounds' gaps to the least energy.
    public let bitsGapRelative: Double?
    public let wallSeconds: Double
    public let timeBudgetSeconds: Double
    /// Averages of a round under each scheme.
    public let schemes: [SchemeTable.Row]

    enum CodingKeys: String, CodingKey {
        case version, schemes
        case roundsCompleted = "rounds_completed"
        case lossFirst = "loss_first"
        case lossLast = "loss_last"
        case lossHeldOutFirst = "loss_held_out_first"
        case lossHeldOutLast = "loss_held_out_last"
        case energyComputeJoules = "energy_compute_j"
        case energyCommunicationJoules = "energy_communication_j"
        case energyTotalJoules = "energy_total_j"
        case energyDownloadJoules = "energy_download_j"
        case energyIdleJoules = "energy_idle_j"
        case energySystemJoules = "energy_system_j"
        case co2Grams = "co2_g"
        case uploadBytes = "upload_bytes"
        case downloadBytes = "download_bytes"
        case samplesTrained = "samples_trained"
        case flopsMeasured = "flops_measured"
        case aggregateErrorBound = "aggregate_error_bound"
        case bitsGapRelative = "bits_gap_relative"
        case wallSeconds = "wall_s"
        case timeBudgetSeconds = "time_budget_s"
    }

    init(rounds: [RoundRecord], schemes: SchemeTable, timeBudgetSeconds: Double) {
        version = greenDiffusionVersion
        roundsCompleted = rounds.last?.round ?? 0
        (lossFirst, lossLast) = (rounds.first?.loss, rounds.last?.loss)
        let heldOut = rounds.compactMap(\.lossHeldOut)
        (lossHeldOutFirst, lossHeldOutLast) = (heldOut.first, heldOut.last)
        energyComputeJoules = rounds.reduce(0) { $0 + $1.energyComputeJoules }
        energyCommunicationJoules = rounds.reduce(0) { $0 + $1.energyCommunicationJoules }
        energyTotalJoules = rounds.reduce(0) { $0 + $1.energyTotalJoules }
        energyDownloadJoules = rounds.sum(\.energyDownloadJoules)
        energyIdleJoules = rounds.sum(\.energyIdleJoules)
        energySystemJoules = rounds.sum(\.energySystemJoules)
        co2Grams = rounds.sum(\.co2Grams)
        uploadBytes = rounds.reduce(0) { $0 + $1.uploadBytes }
        downloadBytes = rounds.reduce(0) { $0 + $1.downloadBytes }
        samplesTrained = rounds.reduce(0) { $0 + $1.samplesTrained }
        flopsMeasured = rounds.reduce(0) { $0 + $1.flopsMeasured }
        let bounds = rounds.compactMap(\.aggregateErrorBound)
        aggregateErrorBound = bounds.isEmpty ? nil : bounds.reduce(0, +) / Double(bounds.count)
        bitsGapRelative = rounds.compactMap(\.bitsGapRelative).max()
        wallSeconds = rounds.reduce(0) { $0 + $1.wallSeconds }
        self.timeBudgetSeconds = timeBudgetSeconds
        self.schemes = schemes.rows
    }
}

extension RunSummary {
    /// The energy ledger in one line; nil where the run counts no more than training and sending.
    public var ledgerText: String? {
        guard let download = energyDownloadJoules, let idle = energyIdleJoules, let system = energySystemJoules,
            download + idle > 0 || co2Grams != nil
        else { return nil }
        return "compute \(Quantity.energy(energyComputeJoules)), uplink \(Quantity.energy(energyCommunicationJoules)), "
            + "downlink \(Quantity.energy(download)), idle \(Quantity.energy(idle)): \(Quantity.energy(system)) in all"
            + (co2Grams.map { ", \(Quantity.significant($0)) g CO2" } ?? "") + " (modelled)"
    }
}

extension [RoundRecord] {
    /// The sum over the rounds that have the field; nil where none has it.
    fileprivate func sum(_ field: (RoundRecord) -> Double?) -> Double? {
        let values = compactMap(field)
        return values.isEmpty ? nil : values.reduce(0, +)
    }
}
