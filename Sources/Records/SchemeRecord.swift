/// One line of `schemes.jsonl`: what a round cost, or would have cost, under one scheme. The devices, channels and trained updates
/// are those of the run, planned and encoded under each scheme; the totals are over the devices that all schemes could serve.
package struct SchemeRecord: Codable, Sendable, Equatable {
    /// Counted from 1.
    package var round: Int
    /// `on-demand`, `fixed-8`, `fedavg-32`, ...
    package var scheme: String
    /// Devices that the totals are over.
    package var devices = 0
    /// Devices that could not have taken part under this scheme.
    package var devicesInfeasible = 0
    /// What those are called; nil in records of earlier versions, as are the next two energies.
    package var devicesUnserved: [String]?
    /// Devices that trained: those whose updates were compared. nil in records of earlier versions.
    package var devicesTrained: Int?
    /// Mean bits per parameter; 0 without devices.
    package var bitsMean = 0.0
    /// Bytes of all frames.
    package var uploadBytes = 0
    /// Modelled energy of training.
    package var energyComputeJoules = 0.0
    /// Modelled energy of sending.
    package var energyCommunicationJoules = 0.0
    /// Modelled energy of receiving the global model, the same under all schemes.
    package var energyDownloadJoules: Double?
    /// Modelled energy of waiting for the end of the time budget.
    package var energyIdleJoules: Double?
    /// `energyTotalJoules` by the paper's law that meets each device's power at its highest frequency; nil where that is all devices' model.
    package var energyLawJoules: Double?
    /// Expected squared error of the average, `sum p_k^2 D_k`.
    package var errorAbsolute = 0.0

    /// Training and sending.
    package var energyTotalJoules: Double { energyComputeJoules + energyCommunicationJoules }

    /// A scheme that served no device, to be filled in.
    package init(round: Int, scheme: String) { (self.round, self.scheme) = (round, scheme) }

    enum CodingKeys: String, CodingKey {
        case round, scheme, devices
        case devicesInfeasible = "devices_infeasible"
        case devicesUnserved = "devices_unserved"
        case devicesTrained = "devices_trained"
        case bitsMean = "bits_mean"
        case uploadBytes = "upload_bytes"
        case energyComputeJoules = "energy_compute_j"
        case energyCommunicationJoules = "energy_communication_j"
        case energyDownloadJoules = "energy_download_j"
        case energyIdleJoules = "energy_idle_j"
        case energyLawJoules = "energy_law_j"
        case errorAbsolute = "error_absolute"
    }
}
