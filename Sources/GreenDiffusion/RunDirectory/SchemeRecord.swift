import FedRuntime

/// One line of `schemes.jsonl`: what a round cost, or would have cost, under one scheme. The devices, channels and trained updates
/// are those of the run, planned and encoded under each scheme; the totals are over the devices that all schemes could serve.
public struct SchemeRecord: Codable, Sendable, Equatable {
    public var round: Int
    /// `on-demand`, `fixed-8`, `fedavg-32`, ...
    public var scheme: String
    public var devices: Int
    /// Devices that could not have taken part under this scheme.
    public var devicesInfeasible: Int
    public var bitsMean: Double
    public var uploadBytes: Int
    public var energyComputeJoules: Double
    public var energyCommunicationJoules: Double
    /// Expected squared error of the average.
    public var errorAbsolute: Double

    enum CodingKeys: String, CodingKey {
        case round, scheme, devices
        case devicesInfeasible = "devices_infeasible"
        case bitsMean = "bits_mean"
        case uploadBytes = "upload_bytes"
        case energyComputeJoules = "energy_compute_j"
        case energyCommunicationJoules = "energy_communication_j"
        case errorAbsolute = "error_absolute"
    }

    init(_ cost: SchemeCost, round: Int) {
        (self.round, scheme) = (round, cost.scheme.name)
        (devices, devicesInfeasible) = (cost.devices, cost.devicesInfeasible)
        (bitsMean, uploadBytes, errorAbsolute) = (cost.bitsMean, cost.uploadBytes, cost.errorAbsolute)
        (energyComputeJoules, energyCommunicationJoules) = (cost.energyComputeJoules, cost.energyCommunicationJoules)
    }
}
