/// What a report reads from a line of `rounds.jsonl`; the keys are the file's.
package struct RoundRow: Codable, Sendable, Equatable {
    package var round: Int
    /// nil where no device was accepted.
    package var loss: Double?
    package var lossHeldOut: Double?
    package var energyComputeJoules: Double
    package var energyCommunicationJoules: Double
    /// The rest of the energy ledger; nil in runs of earlier versions, and CO2 where no grid intensity is stated.
    package var energyDownloadJoules: Double?
    package var energyIdleJoules: Double?
    package var energySystemJoules: Double?
    package var co2Grams: Double?
    package var uploadBytes: Int
    package var downloadBytes: Int
    /// Modelled time of the slowest accepted device.
    package var roundTimeSeconds: Double
    /// Time that the simulation took on this machine.
    package var wallSeconds: Double
    package var bitsMean: Double
    package var quantizationErrorRelative: Double
    package var quantizationErrorAbsolute: Double
    package var devicesSelected: Int
    package var devicesAccepted: Int

    package var energyTotalJoules: Double { energyComputeJoules + energyCommunicationJoules }

    /// A round in which nothing happened, to be filled in.
    package init(round: Int) {
        self.round = round
        (energyComputeJoules, energyCommunicationJoules, roundTimeSeconds, wallSeconds) = (0, 0, 0, 0)
        (bitsMean, quantizationErrorRelative, quantizationErrorAbsolute) = (0, 0, 0)
        (uploadBytes, downloadBytes, devicesSelected, devicesAccepted) = (0, 0, 0, 0)
    }

    enum CodingKeys: String, CodingKey {
        case round, loss
        case lossHeldOut = "loss_held_out"
        case energyComputeJoules = "energy_compute_j"
        case energyCommunicationJoules = "energy_communication_j"
        case energyDownloadJoules = "energy_download_j"
        case energyIdleJoules = "energy_idle_j"
        case energySystemJoules = "energy_system_j"
        case co2Grams = "co2_g"
        case uploadBytes = "upload_bytes"
        case downloadBytes = "download_bytes"
        case roundTimeSeconds = "round_time_s"
        case wallSeconds = "wall_s"
        case bitsMean = "bits_mean"
        case quantizationErrorRelative = "quantization_error_relative"
        case quantizationErrorAbsolute = "quantization_error_absolute"
        case devicesSelected = "devices_selected"
        case devicesAccepted = "devices_accepted"
    }
}

/// What a report reads from a line of `devices.jsonl`; the keys are the file's, and what does not apply is absent.
package struct DeviceRow: Codable, Sendable, Equatable {
    package var round: Int
    package var device: Int
    /// `ok`, `infeasible`, `dropped`, `late` or `rejected`.
    package var status: String
    package var reason: String?
    package var bitsPlanned: Int?
    package var bits: Int?
    package var demandMet: Bool?
    package var payloadBytes: Int?
    package var errorDemand: Double?
    package var errorCertificate: Double?
    package var frequencyHertz: Double?
    package var powerWatts: Double?
    package var timeComputeSeconds: Double?
    package var timeCommunicationSeconds: Double?
    package var energyComputeJoules: Double?
    package var energyCommunicationJoules: Double?
    package var energyDownloadJoules: Double?
    package var energyIdleJoules: Double?
    package var energySystemJoules: Double?
    package var co2Grams: Double?
    /// `fewer-bits`, `longer-time` or `skipped`: what was done about a channel or CPU that is too weak.
    package var outageAction: String?
    /// Images on the device.
    package var samples: Int
    package var distanceMeters: Double?
    /// Channel power gain of the round, dimensionless.
    package var fading: Double?
    package var shadowingDecibels: Double?

    /// A device of which no more is known than how its round ended.
    package init(round: Int, device: Int, status: String, samples: Int) {
        (self.round, self.device, self.status, self.samples) = (round, device, status, samples)
    }

    enum CodingKeys: String, CodingKey {
        case round, device, status, reason, bits, samples, fading
        case bitsPlanned = "bits_planned"
        case demandMet = "demand_met"
        case payloadBytes = "payload_bytes"
        case errorDemand = "error_demand"
        case errorCertificate = "error_certificate"
        case frequencyHertz = "frequency_hz"
        case powerWatts = "power_w"
        case timeComputeSeconds = "time_compute_s"
        case timeCommunicationSeconds = "time_communication_s"
        case energyComputeJoules = "energy_compute_j"
        case energyCommunicationJoules = "energy_communication_j"
        case energyDownloadJoules = "energy_download_j"
        case energyIdleJoules = "energy_idle_j"
        case energySystemJoules = "energy_system_j"
        case co2Grams = "co2_g"
        case outageAction = "outage_action"
        case shadowingDecibels = "shadowing_db"
        case distanceMeters = "distance_m"
    }
}

extension RunSummary {
    /// Whether any device has energy besides training and sending.
    package var countsWholeSystem: Bool {
        rounds.contains { ($0.energyDownloadJoules ?? 0) > 0 || ($0.energyIdleJoules ?? 0) > 0 }
    }

    /// Whether the run states what a kilowatt-hour stands for.
    package var countsCO2: Bool { rounds.contains { $0.co2Grams != nil } }
}
