/// One line of `devices.jsonl`: what one selected device did in one round.
///
/// Fields that do not apply (an infeasible device has no plan) are absent.
public struct DeviceRecord: Codable, Sendable, Equatable {
    /// How the device's round ended.
    public enum Status: String, Codable, Sendable {
        case ok, infeasible, dropped, late, rejected
    }

    public var round: Int
    public var device: Int
    public var status: Status
    public var reason: String?
    public var bitsPlanned: Int?
    public var bits: Int?
    public var demandMet: Bool?
    public var payloadBytes: Int?
    /// The largest expected error that the device accepts, absolute.
    public var errorDemand: Double?
    /// The exact expected error of what the device sent, absolute.
    public var errorCertificate: Double?
    /// `errorCertificate` over the squared norm of what was sent.
    public var errorRelative: Double?
    public var theta: Double?
    public var pi: Double?
    public var frequencyHertz: Double?
    public var powerWatts: Double?
    public var timeComputeSeconds: Double?
    public var timeCommunicationSeconds: Double?
    public var energyComputeJoules: Double?
    public var energyCommunicationJoules: Double?
    public var energyTotalJoules: Double?
    public var energyEvenSplitJoules: Double?
    /// Receiving the global model.
    public var energyDownloadJoules: Double?
    /// Waiting for the end of the time budget.
    public var energyIdleJoules: Double?
    /// `energyTotalJoules`, download and idle together.
    public var energySystemJoules: Double?
    /// Of `energySystemJoules`; nil where the run states no grid intensity.
    public var co2Grams: Double?
    /// What was done about a channel or CPU that is too weak; nil where it was not.
    public var outageAction: OutageAction?
    /// Time that the device may take: the round's, or longer where the run allows that.
    public var timeBudgetSeconds: Double?
    /// Images on the device: its weight in the average.
    public var samples: Int
    public var loss: Double?
    public var flopsMeasured: Int?
    public var flopsNominal: Int?
    public var cyclesPerSample: Double?
    public var distanceMeters: Double?
    /// Power gain of the channel in this round over its mean.
    public var fading: Double?
    /// What shadowing changed the mean gain by, for the whole run; nil where there is none.
    public var shadowingDecibels: Double?

    enum CodingKeys: String, CodingKey {
        case round, device, status, reason, bits, theta, pi, samples, loss, fading
        case bitsPlanned = "bits_planned"
        case demandMet = "demand_met"
        case payloadBytes = "payload_bytes"
        case errorDemand = "error_demand"
        case errorCertificate = "error_certificate"
        case errorRelative = "error_relative"
        case frequencyHertz = "frequency_hz"
        case powerWatts = "power_w"
        case timeComputeSeconds = "time_compute_s"
        case timeCommunicationSeconds = "time_communication_s"
        case energyComputeJoules = "energy_compute_j"
        case energyCommunicationJoules = "energy_communication_j"
        case energyTotalJoules = "energy_total_j"
        case energyEvenSplitJoules = "energy_even_split_j"
        case energyDownloadJoules = "energy_download_j"
        case energyIdleJoules = "energy_idle_j"
        case energySystemJoules = "energy_system_j"
        case co2Grams = "co2_g"
        case outageAction = "outage_action"
        case timeBudgetSeconds = "time_budget_s"
        case shadowingDecibels = "shadowing_db"
        case flopsMeasured = "flops_measured"
        case flopsNominal = "flops_nominal"
        case cyclesPerSample = "cycles_per_sample"
        case distanceMeters = "distance_m"
    }
}
