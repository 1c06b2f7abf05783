/// A run in a few numbers: `summary.json`.
public struct RunSummary: Codable, Sendable, Equatable {
    /// Of the program that wrote it.
    public let version: String
    /// Rounds done since the beginning of the run.
    public let roundsCompleted: Int
    /// Training loss of the first round.
    public let lossFirst: Double?
    /// Training loss of the last round.
    public let lossLast: Double?
    /// The first held-out loss.
    public let lossHeldOutFirst: Double?
    /// The last held-out loss.
    public let lossHeldOutLast: Double?
    /// The last Frechet distance of drawn images; this and the next are nil where none was measured.
    public let frechetDistanceLast: Double?
    /// The last kernel distance.
    public let kidMeanLast: Double?
    /// Modelled energy of training, over all rounds.
    public let energyComputeJoules: Double
    /// Modelled energy of sending, over all rounds.
    public let energyCommunicationJoules: Double
    /// Training and sending.
    public let energyTotalJoules: Double
    /// Modelled energy of receiving the global model; this and the next two are nil for runs of earlier versions.
    public let energyDownloadJoules: Double?
    /// Modelled energy of waiting.
    public let energyIdleJoules: Double?
    /// Training, sending, receiving and waiting.
    public let energySystemJoules: Double?
    /// nil where the run states no grid intensity.
    public let co2Grams: Double?
    /// The same energies and the server's time by phase; nil for runs of earlier versions.
    public let phases: [PhaseCost]?
    /// The most devices of a round whose plans imply more operations for a joule than is plausible, without a measurement.
    public let devicesImplausible: Int?
    /// What devices' energies are modelled by, in any round; nil for runs of earlier versions.
    public let energyModels: [String]?
    /// Energy above idle that this machine drew in the rounds that a meter measured; nil where none did.
    public let energyMeasuredJoules: Double?
    /// How many rounds those are.
    public let roundsMeasured: Int?
    /// Bytes of all frames that arrived.
    public let uploadBytes: Int
    /// Bytes of the global model to all devices that had a plan.
    public let downloadBytes: Int
    /// Training images that went through the model.
    public let samplesTrained: Int
    /// Floating-point operations executed.
    public let flopsMeasured: Int
    /// Where bits are chosen for all devices together: the mean of the rounds' bounds on the aggregate's error.
    public let aggregateErrorBound: Double?
    /// Where bits are chosen for all devices together: the largest of the rounds' gaps to the least energy.
    public let bitsGapRelative: Double?
    /// Time that this machine took.
    public let wallSeconds: Double
    /// `T`, the time that a device may take in a round.
    public let timeBudgetSeconds: Double
    /// Averages of a round under each scheme.
    public let schemes: [SchemeAverage]
    /// What became of the files of the data set; nil where images are drawn.
    public let images: ImageFileCounts?

    enum CodingKeys: String, CodingKey {
        case version, schemes, images, phases
        case devicesImplausible = "devices_implausible"
        case energyModels = "energy_models"
        case roundsCompleted = "rounds_completed"
        case lossFirst = "loss_first"
        case lossLast = "loss_last"
        case lossHeldOutFirst = "loss_held_out_first"
        case lossHeldOutLast = "loss_held_out_last"
        case frechetDistanceLast = "frechet_distance_last"
        case kidMeanLast = "kid_mean_last"
        case energyComputeJoules = "energy_compute_j"
        case energyCommunicationJoules = "energy_communication_j"
        case energyTotalJoules = "energy_total_j"
        case energyDownloadJoules = "energy_download_j"
        case energyIdleJoules = "energy_idle_j"
        case energySystemJoules = "energy_system_j"
        case co2Grams = "co2_g"
        case energyMeasuredJoules = "energy_measured_j"
        case roundsMeasured = "rounds_measured"
        case uploadBytes = "upload_bytes"
        case downloadBytes = "download_bytes"
        case samplesTrained = "samples_trained"
        case flopsMeasured = "flops_measured"
        case aggregateErrorBound = "aggregate_error_bound"
        case bitsGapRelative = "bits_gap_relative"
        case wallSeconds = "wall_s"
        case timeBudgetSeconds = "time_budget_s"
    }

    /// Sums up the records of all rounds.
    package init(
        version: String, rounds: [RoundRecord], schemes: [SchemeRecord], timeBudgetSeconds: Double,
        images: ImageFileCounts? = nil,
        serverPower: Double? = nil, gridIntensity: Double? = nil
    ) {
        self.version = version
        roundsCompleted = rounds.last?.round ?? 0
        (lossFirst, lossLast) = (rounds.first?.loss, rounds.last?.loss)
        let heldOut = rounds.compactMap(\.lossHeldOut)
        (lossHeldOutFirst, lossHeldOutLast) = (heldOut.first, heldOut.last)
        let last = rounds.compactMap(\.distances).last
        (frechetDistanceLast, kidMeanLast) = (last?.frechet, last?.kidMean)
        energyComputeJoules = rounds.reduce(0) { $0 + $1.energyComputeJoules }
        energyCommunicationJoules = rounds.reduce(0) { $0 + $1.energyCommunicationJoules }
        energyTotalJoules = rounds.reduce(0) { $0 + $1.energyTotalJoules }
        energyDownloadJoules = rounds.sum(\.energyDownloadJoules)
        energyIdleJoules = rounds.sum(\.energyIdleJoules)
        energySystemJoules = rounds.sum(\.energySystemJoules)
        co2Grams = rounds.sum(\.co2Grams)
        phases = [PhaseCost](rounds, serverPower: serverPower, gridIntensity: gridIntensity)
        devicesImplausible = rounds.compactMap(\.devicesImplausible).max()
        energyModels = rounds.energyModels
        energyMeasuredJoules = rounds.sum(\.energyMeasuredJoules)
        roundsMeasured = energyMeasuredJoules.map { _ in rounds.count { $0.measured != nil } }
        uploadBytes = rounds.total(\.uploadBytes)
        downloadBytes = rounds.total(\.downloadBytes)
        samplesTrained = rounds.total(\.samplesTrained)
        flopsMeasured = rounds.total(\.flopsMeasured)
        let bounds = rounds.compactMap(\.aggregateErrorBound)
        aggregateErrorBound = bounds.isEmpty ? nil : bounds.reduce(0, +) / Double(bounds.count)
        bitsGapRelative = rounds.compactMap(\.bitsGapRelative).max()
        wallSeconds = rounds.reduce(0) { $0 + $1.wallSeconds }
        self.timeBudgetSeconds = timeBudgetSeconds
        self.schemes = SchemeAverage.averages(schemes)
        self.images = images
    }
}

extension [RoundRecord] {
    /// The sum over the rounds that have the field; nil where none has it.
    fileprivate func sum(_ field: (RoundRecord) -> Double?) -> Double? {
        let values = compactMap(field)
        return values.isEmpty ? nil : values.reduce(0, +)
    }
}
