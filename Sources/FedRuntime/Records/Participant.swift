import Codec
import Energy
import Records

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
