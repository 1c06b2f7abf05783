import Codec
import Energy
import Records

/// A round between `begin` and `finish`.
struct OpenRound {
    let round: Int
    let broadcast: Broadcast
    /// Ascending by device id.
    var participants: [Participant]
    /// nil where every device's bits follow from its own demand, or from the scheme.
    let systemBits: SystemBitsRecord?

    init(round: Int, broadcast: Broadcast, participants: [Participant], systemBits: SystemBitsRecord?) {
        (self.round, self.broadcast, self.systemBits) = (round, broadcast, systemBits)
        self.participants = participants.sorted { $0.device.id < $1.device.id }
    }

    /// Where the device stands in `participants`, or nil where it was not selected.
    func place(of device: Int) -> Int? { participants.firstIndex { $0.device.id == device } }
}

/// A selected device and how far it has come in the round.
struct Participant {
    enum Phase {
        /// Asked to train; its frame has not been accepted yet. The last refusal, if there was one.
        case waiting(RefusedFrame?)
        case accepted(AcceptedFrame)
        /// Ended without an accepted frame. What it trained before, if it did.
        case closed(DeviceRecord.Status, reason: String, TrainingReport?)
    }

    let device: FederatedDevice
    let fading: Double
    /// nil where no plan was feasible.
    let assignment: Assignment?
    var phase: Phase
    /// Where it could not take part, the smallest time budget with which it could have, if time is what it lacked.
    var timeNeededSeconds: Double?
}

/// What a round keeps of a frame that is in the sum: a few hundred bytes, however many tensors the model has.
struct AcceptedFrame {
    let frameBytes: Int
    let parameterCount: Int
    let bits: Int
    /// The certificate, absolute.
    let expectedError: Double
    let table: ErrorSummary
    let training: TrainingReport
    /// The plan, solved anew for the frame's real size.
    let energy: EnergyPlan
}

/// A frame that was received and refused.
struct RefusedFrame {
    let rejection: Rejection
    let frameBytes: Int
    let training: TrainingReport
}
