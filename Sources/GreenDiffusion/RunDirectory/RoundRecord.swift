/// One line of `rounds.jsonl`: what a round cost and gave.
public struct RoundRecord: Codable, Sendable, Equatable {
    public var round: Int
    /// Mean training loss of the accepted devices, weighted by their sample counts.
    public var loss: Double
    /// Loss of the averaged (EMA) model on fixed held-out images, timesteps and noise; nil in rounds without evaluation.
    public var lossHeldOut: Double?
    public var energyComputeJoules: Double
    public var energyCommunicationJoules: Double
    public var energyTotalJoules: Double
    /// Bytes that the accepted devices sent together.
    public var uploadBytes: Int
    /// Bytes of the global model sent to all selected devices together.
    public var downloadBytes: Int
    /// Modelled time of the slowest accepted device, in seconds.
    public var roundTimeSeconds: Double
    /// Time that this machine took, in seconds.
    public var wallSeconds: Double
    public var bitsMean: Double
    public var quantizationErrorRelative: Double
    public var quantizationErrorAbsolute: Double
    public var flopsMeasured: Int
    public var flopsNominal: Int
    public var devicesSelected: Int
    public var devicesAccepted: Int
    /// Training images that went through the model in this round, all devices together.
    public var samplesTrained: Int

    enum CodingKeys: String, CodingKey {
        case round, loss
        case lossHeldOut = "loss_held_out"
        case energyComputeJoules = "energy_compute_j"
        case energyCommunicationJoules = "energy_communication_j"
        case energyTotalJoules = "energy_total_j"
        case uploadBytes = "upload_bytes"
        case downloadBytes = "download_bytes"
        case roundTimeSeconds = "round_time_s"
        case wallSeconds = "wall_s"
        case bitsMean = "bits_mean"
        case quantizationErrorRelative = "quantization_error_relative"
        case quantizationErrorAbsolute = "quantization_error_absolute"
        case flopsMeasured = "flops_measured"
        case flopsNominal = "flops_nominal"
        case devicesSelected = "devices_selected"
        case devicesAccepted = "devices_accepted"
        case samplesTrained = "samples_trained"
    }
}
