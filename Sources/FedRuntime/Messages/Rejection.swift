import Codec
import Records

/// Why the server refuses a frame. The sum of the round is unchanged.
package enum Rejection: Error, Sendable, Equatable, CustomStringConvertible {
    /// No round is open.
    case noRoundOpen
    /// The sender was not asked to train in this round, or has no plan.
    case notAssigned(device: Int)
    /// The sender's frame is in the sum already.
    case duplicate(device: Int)
    /// The sender's part in the round has ended without a frame.
    case closed(device: Int, DeviceRecord.Status)
    /// Damaged, or of another run, round, device, base model or payload kind.
    case frame(FrameError)
    /// An error or norm that no update of this model has.
    case claim(field: String, value: Double, limit: Double)
    /// The update's norm is above the run's bound.
    case norm(Double, bound: Double)
    /// Another grid or group size than the run's.
    case otherQuantizer(Quantizer, expected: Quantizer)
    /// Bits that the scheme or the device does not allow.
    case bitsNotAllowed(bits: Int, device: Int)
    /// The frame cannot be sent in the time that training left.
    case late(String)
    /// The values cannot be summed.
    case sum(AggregationError)
    /// What the device says of its training cannot be true.
    case report(String)

    package var description: String {
        switch self {
        case .noRoundOpen: "no round is open; wait for the next assignment"
        case .notAssigned(let device): "device \(device) has no assignment in this round; wait for the next one"
        case .duplicate(let device): "the frame of device \(device) is already counted in this round"
        case .closed(let device, let status): "device \(device) is already \(status.rawValue) in this round"
        case .frame(let error): "\(error)"
        case .claim(let field, let value, let limit): "\(field) \(value) is beyond \(limit), no model's update has it"
        case .norm(let norm, let bound):
            "the update's norm \(norm) is above the norm bound \(bound); raise norm-bound if honest training goes so far"
        case .otherQuantizer(let found, let expected):
            "grid \(found.grid) with groups of \(found.groupSize) is not the run's (\(expected.grid), \(expected.groupSize))"
        case .bitsNotAllowed(let bits, let device): "device \(device) may not send \(bits) bits in this round"
        case .late(let reason): reason
        case .sum(let error): "\(error)"
        case .report(let flaw): flaw
        }
    }
}
