/// One line of `devices.jsonl`: what one selected device did in one round.
///
/// Fields that do not apply (an infeasible device has no plan) are absent.
package struct DeviceRecord: Codable, Sendable, Equatable {
    /// How the device's round ended.
    package enum Status: String, Codable, Sendable {
        case ok, infeasible, dropped, late, rejected
    }

    /// What was done about a channel or CPU that is too weak for what demand and time budget ask, in the order in which it is tried.
    package enum OutageAction: String, Codable, Sendable {
        /// Fewer bits than the demand asks for.
        case fewerBits = "fewer-bits"
        /// More time than the time budget, as far as the run allows.
        case longerTime = "longer-time"
        /// No part in the round.
        case skipped
    }

    /// Counted from 1.
    package var round: Int
    /// The device's index in the run.
    package var device: Int
    /// What its folder or file calls it; nil where it has only its number.
    package var id: String?
    /// How the device's round ended.
    package var status: Status
    /// Why the device did not end well, or was planned otherwise than its demand asks; with the way out.
    package var reason: String?
    /// Bits per parameter that the server planned; 32 for exact values.
    package var bitsPlanned: Int?
    /// Bits per parameter of the frame; of a lattice the smallest width that is at least as exact.
    package var bits: Int?
    /// Bits of the frame over the model's parameters: scales, entropy coding and header included.
    package var bitsCoded: Double?
    /// Whether the frame keeps the device's error demand, or its budget.
    package var demandMet: Bool?
    /// Bytes that the frame was planned with.
    package var payloadBytesPlanned: Int?
    /// Bytes of the frame.
    package var payloadBytes: Int?
    /// The largest expected error that the device accepts, absolute; its part of the aggregate's where bits are chosen for all together; nil
    /// where it has a budget of bytes or energy instead.
    package var errorDemand: Double?
    /// The exact expected error of what the device sent, absolute.
    package var errorCertificate: Double?
    /// `errorCertificate` over the squared norm of what was sent.
    package var errorRelative: Double?
    /// Share of the time budget for training.
    package var theta: Double?
    /// Share of the time budget for sending.
    package var pi: Double?
    /// CPU frequency while training.
    package var frequencyHertz: Double?
    /// The form of the processor's power that plan and energies are of: `table`, `smooth` or `paper`.
    package var energyModel: String?
    /// With a table: one row or two, the faster first, and the seconds at each.
    package var operatingSchedule: [OperatingSeconds]?
    /// Transmit power.
    package var powerWatts: Double?
    /// Modelled time of training.
    package var timeComputeSeconds: Double?
    /// Modelled time of sending.
    package var timeCommunicationSeconds: Double?
    /// Modelled time of receiving the global model; part of the time budget where plans count it.
    package var timeDownloadSeconds: Double?
    /// Modelled energy of training, as far as it went.
    package var energyComputeJoules: Double?
    /// Modelled energy of sending.
    package var energyCommunicationJoules: Double?
    /// Training and sending.
    package var energyTotalJoules: Double?
    /// Planned energy with half of the time for each part.
    package var energyEvenSplitJoules: Double?
    /// Receiving the global model.
    package var energyDownloadJoules: Double?
    /// Waiting for the end of the time budget.
    package var energyIdleJoules: Double?
    /// `energyTotalJoules`, download and idle together.
    package var energySystemJoules: Double?
    /// Of `energySystemJoules`; nil where the run states no grid intensity.
    package var co2Grams: Double?
    /// nil where channel and CPU were strong enough.
    package var outageAction: OutageAction?
    /// Time that the device may take: the round's, or longer where the run allows that.
    package var timeBudgetSeconds: Double?
    /// The smallest time budget with which an infeasible device could have taken part; nil where time is not what it lacked.
    package var timeNeededSeconds: Double?
    /// Images on the device: its weight in the average.
    package var samples: Int
    /// Mean training loss of the round's local iterations.
    package var loss: Double?
    /// The round whose quantization error was added to what was sent; nil without error feedback.
    package var feedbackRound: Int?
    /// Floating-point operations executed.
    package var flopsMeasured: Int?
    /// Those of it in products of bfloat16; nil where there were none.
    package var flopsBFloat16: Int?
    /// Their textbook count.
    package var flopsNominal: Int?
    /// Operations of training over its modelled energy: what plan and model imply of the processor.
    package var flopsPerJoule: Double?
    /// CPU cycles of a training sample that were planned with.
    package var cyclesPerSample: Double?
    /// To the server.
    package var distanceMetres: Double?
    /// Power gain of the channel in this round over its mean.
    package var fading: Double?
    /// What shadowing changed the mean gain by, for the whole run; nil where there is none.
    package var shadowingDecibels: Double?

    /// A device of which no more is known than how its round ended, to be filled in.
    package init(round: Int, device: Int, status: Status, samples: Int) {
        (self.round, self.device, self.status, self.samples) = (round, device, status, samples)
    }

    /// What people call the device: its name, or its number.
    package var label: String { id ?? "\(device)" }

    enum CodingKeys: String, CodingKey {
        case round, device, id, status, reason, bits, theta, pi, samples, loss, fading
        case bitsPlanned = "bits_planned"
        case bitsCoded = "bits_coded"
        case feedbackRound = "feedback_round"
        case demandMet = "demand_met"
        case payloadBytesPlanned = "payload_bytes_planned"
        case payloadBytes = "payload_bytes"
        case errorDemand = "error_demand"
        case errorCertificate = "error_certificate"
        case errorRelative = "error_relative"
        case frequencyHertz = "frequency_hz"
        case energyModel = "energy_model"
        case operatingSchedule = "operating_schedule"
        case powerWatts = "power_w"
        case timeComputeSeconds = "time_compute_s"
        case timeCommunicationSeconds = "time_communication_s"
        case timeDownloadSeconds = "time_download_s"
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
        case timeNeededSeconds = "time_needed_s"
        case shadowingDecibels = "shadowing_db"
        case flopsPerJoule = "flops_per_joule"
        case flopsMeasured = "flops_measured"
        case flopsBFloat16 = "flops_bfloat16"
        case flopsNominal = "flops_nominal"
        case cyclesPerSample = "cycles_per_sample"
        case distanceMetres = "distance_m"
    }
}

/// How long a processor runs at a row of its power table.
package struct OperatingSeconds: Codable, Sendable, Equatable {
    package let frequencyHertz: Double
    package let seconds: Double

    package init(frequencyHertz: Double, seconds: Double) { (self.frequencyHertz, self.seconds) = (frequencyHertz, seconds) }

    enum CodingKeys: String, CodingKey {
        case frequencyHertz = "frequency_hz"
        case seconds = "time_s"
    }
}
