/// One line of `rounds.jsonl`: what a round cost and gave.
public struct RoundRecord: Codable, Sendable, Equatable {
    /// Counted from 1.
    public var round: Int
    /// Mean training loss of the accepted devices, weighted by their sample counts; nil where no device was accepted.
    public var loss: Double?
    /// Loss of the averaged (EMA) model on fixed held-out images, timesteps and noise; nil in rounds without evaluation.
    public var lossHeldOut: Double?
    /// Frechet distance of images that the averaged (EMA) model drew to the run's reference; this and the next six are nil in rounds without
    /// evaluation of images, and say what those of `ImageDistances` do.
    public var frechetDistance: Double?
    /// Kernel distance.
    public var kidMean: Double?
    /// Of `kidMean`.
    public var kidStandardError: Double?
    /// Share of drawn images that are like the reference's.
    public var precision: Double?
    /// Share of the reference's images that are like those drawn.
    public var recall: Double?
    /// Sliced Wasserstein distance.
    public var mind: Double?
    /// Images a side.
    public var distanceImages: Int?
    /// The hash of the network, shortened; nil without distances, and in runs of earlier versions.
    public var distanceNetwork: String?
    /// Modelled energy of training, of all devices, accepted or not: the sum of `devices.jsonl` in its order, to the last bit.
    public var energyComputeJoules = 0.0
    /// The same for sending.
    public var energyCommunicationJoules = 0.0
    /// Training and sending.
    public var energyTotalJoules = 0.0
    /// Modelled energy of receiving the global model; this and the next two are nil in records of earlier versions.
    public var energyDownloadJoules: Double?
    /// Modelled energy of waiting for the end of the time budget.
    public var energyIdleJoules: Double?
    /// `energyTotalJoules`, download and idle together.
    public var energySystemJoules: Double?
    /// Of `energySystemJoules`; nil where the run states no grid intensity.
    public var co2Grams: Double?
    /// Energy above idle that this machine drew while it trained the devices, by an external meter; this and the next two are nil in rounds
    /// that none measured, and say what those of `MeasuredEnergy` do.
    public var energyMeasuredJoules: Double?
    /// The machine's power without the run.
    public var energyMeasuredIdleWatts: Double?
    /// The meter's samples.
    public var measuredSamples: Int?
    /// Bytes of all devices' frames that arrived, accepted or not.
    public var uploadBytes = 0
    /// Bytes of the global model sent to all devices that had a plan.
    public var downloadBytes = 0
    /// Bits per parameter of the global model as it was sent; nil where it was exact.
    public var downloadBits: Int?
    /// `downloadErrorAbsolute` over the squared norm of the global model.
    public var downloadErrorRelative: Double?
    /// Exact expected squared error of the global model as it was sent.
    public var downloadErrorAbsolute: Double?
    /// Modelled time of the slowest accepted device, in seconds.
    public var roundTimeSeconds = 0.0
    /// `T`, the time that a device may take.
    public var timeBudgetSeconds = 0.0
    /// Time that this machine took before the round, since the program or a resumed run began: set for the first round after that.
    public var initialisationSeconds: Double?
    /// Time that this machine took for evaluation, in seconds, as the next two; nil in records of earlier versions.
    public var evaluationSeconds: Double?
    /// For planning and averaging; of devices elsewhere all but evaluation.
    public var coordinationSeconds: Double?
    /// Time that this machine took, in seconds; set by the program that drives the rounds.
    public var wallSeconds = 0.0
    /// Mean bits per parameter of the accepted devices; 0 where none was accepted.
    public var bitsMean = 0.0
    /// `quantizationErrorAbsolute` over the squared norms of what was sent, weighted alike: `sum p_k^2 D_k / sum p_k^2 ||sent_k||^2`.
    public var quantizationErrorRelative = 0.0
    /// Expected squared error of the average: `sum p_k^2 D_k` with the certificates `D_k` and the shares `p_k` of the accepted samples;
    /// under trimmed mean and median, of the mean that the same frames would have.
    public var quantizationErrorAbsolute = 0.0
    /// Where bits are chosen for all devices together: what `quantizationErrorAbsolute` may be, by the plans' forecasts.
    public var aggregateErrorBound: Double?
    /// Where bits are chosen for all devices together: at most how much more the plans cost than the best choice, relative.
    public var bitsGapRelative: Double?
    /// Floating-point operations executed by all devices that trained.
    public var flopsMeasured = 0
    /// Those of it in products of bfloat16; nil where there were none.
    public var flopsBFloat16: Int?
    /// Their textbook count.
    public var flopsNominal = 0
    /// Devices of the round, also those without a feasible plan.
    public var devicesSelected = 0
    /// Devices whose frames are in the average.
    public var devicesAccepted = 0
    /// Devices whose plan implies more operations for a joule than is plausible, without a measurement; nil in records of earlier versions.
    public var devicesImplausible: Int?
    /// What the devices' energies are modelled by: `table`, `smooth`, `paper`, in this order; nil in records of earlier versions.
    public var energyModels: [String]?
    /// False where no device was accepted: the global model is that of the round before.
    public var modelUpdated = false
    /// Training images that went through the model in this round, all devices together.
    public var samplesTrained = 0

    /// A round in which nothing happened, to be filled in.
    package init(round: Int) { self.round = round }

    enum CodingKeys: String, CodingKey {
        case round, loss, precision, recall, mind
        case lossHeldOut = "loss_held_out"
        case frechetDistance = "frechet_distance"
        case kidMean = "kid_mean"
        case kidStandardError = "kid_standard_error"
        case distanceImages = "distance_images"
        case distanceNetwork = "distance_network"
        case energyComputeJoules = "energy_compute_j"
        case energyCommunicationJoules = "energy_communication_j"
        case energyTotalJoules = "energy_total_j"
        case energyDownloadJoules = "energy_download_j"
        case energyIdleJoules = "energy_idle_j"
        case energySystemJoules = "energy_system_j"
        case co2Grams = "co2_g"
        case energyMeasuredJoules = "energy_measured_j"
        case energyMeasuredIdleWatts = "energy_measured_idle_w"
        case measuredSamples = "measured_samples"
        case uploadBytes = "upload_bytes"
        case downloadBytes = "download_bytes"
        case downloadBits = "download_bits"
        case downloadErrorRelative = "download_error_relative"
        case downloadErrorAbsolute = "download_error_absolute"
        case roundTimeSeconds = "round_time_s"
        case timeBudgetSeconds = "time_budget_s"
        case initialisationSeconds = "initialisation_wall_s"
        case evaluationSeconds = "evaluation_wall_s"
        case coordinationSeconds = "coordination_wall_s"
        case wallSeconds = "wall_s"
        case bitsMean = "bits_mean"
        case quantizationErrorRelative = "quantization_error_relative"
        case quantizationErrorAbsolute = "quantization_error_absolute"
        case aggregateErrorBound = "aggregate_error_bound"
        case bitsGapRelative = "bits_gap_relative"
        case flopsMeasured = "flops_measured"
        case flopsBFloat16 = "flops_bfloat16"
        case flopsNominal = "flops_nominal"
        case devicesSelected = "devices_selected"
        case devicesAccepted = "devices_accepted"
        case devicesImplausible = "devices_implausible"
        case energyModels = "energy_models"
        case modelUpdated = "model_updated"
        case samplesTrained = "samples_trained"
    }
}
