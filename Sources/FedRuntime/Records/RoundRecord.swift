/// One line of `rounds.jsonl`: what a round cost and gave.
public struct RoundRecord: Codable, Sendable, Equatable {
    public var round: Int
    /// Mean training loss of the accepted devices, weighted by their sample counts; nil where no device was accepted.
    public var loss: Double?
    /// Loss of the averaged (EMA) model on fixed held-out images, timesteps and noise; nil in rounds without evaluation.
    public var lossHeldOut: Double?
    /// Modelled energy of all devices that trained or sent, accepted or not: the sum of `devices.jsonl` in its order, to the last bit.
    public var energyComputeJoules: Double
    public var energyCommunicationJoules: Double
    public var energyTotalJoules: Double
    /// Modelled energy of receiving the global model and of waiting, and all energy together; nil in records of earlier versions.
    public var energyDownloadJoules: Double?
    public var energyIdleJoules: Double?
    public var energySystemJoules: Double?
    /// Of `energySystemJoules`; nil where the run states no grid intensity.
    public var co2Grams: Double?
    /// Bytes of all devices' frames that arrived, accepted or not.
    public var uploadBytes: Int
    /// Bytes of the global model sent to all devices that had a plan.
    public var downloadBytes: Int
    /// Modelled time of the slowest accepted device, in seconds.
    public var roundTimeSeconds: Double
    /// `T`, the time that a device may take.
    public var timeBudgetSeconds: Double
    /// Time that this machine took, in seconds; set by the program that drives the rounds.
    public var wallSeconds: Double
    /// Mean bits per parameter of the accepted devices; 0 where none was accepted.
    public var bitsMean: Double
    /// `quantizationErrorAbsolute` over the squared norms of what was sent, weighted alike: `sum p_k^2 D_k / sum p_k^2 ||sent_k||^2`.
    public var quantizationErrorRelative: Double
    /// Expected squared error of the average: `sum p_k^2 D_k` with the certificates `D_k` and the shares `p_k` of the accepted samples;
    /// under trimmed mean and median, of the mean that the same frames would have.
    public var quantizationErrorAbsolute: Double
    /// Floating-point operations executed by all devices that trained.
    public var flopsMeasured: Int
    /// Their textbook count.
    public var flopsNominal: Int
    public var devicesSelected: Int
    public var devicesAccepted: Int
    /// False where no device was accepted: the global model is that of the round before.
    public var modelUpdated: Bool
    /// Training images that went through the model in this round, all devices together.
    public var samplesTrained: Int

    enum CodingKeys: String, CodingKey {
        case round, loss
        case lossHeldOut = "loss_held_out"
        case energyComputeJoules = "energy_compute_j"
        case energyCommunicationJoules = "energy_communication_j"
        case energyTotalJoules = "energy_total_j"
        case energyDownloadJoules = "energy_download_j"
        case energyIdleJoules = "energy_idle_j"
        case energySystemJoules = "energy_system_j"
        case co2Grams = "co2_g"
        case uploadBytes = "upload_bytes"
        case downloadBytes = "download_bytes"
        case roundTimeSeconds = "round_time_s"
        case timeBudgetSeconds = "time_budget_s"
        case wallSeconds = "wall_s"
        case bitsMean = "bits_mean"
        case quantizationErrorRelative = "quantization_error_relative"
        case quantizationErrorAbsolute = "quantization_error_absolute"
        case flopsMeasured = "flops_measured"
        case flopsNominal = "flops_nominal"
        case devicesSelected = "devices_selected"
        case devicesAccepted = "devices_accepted"
        case modelUpdated = "model_updated"
        case samplesTrained = "samples_trained"
    }
}
