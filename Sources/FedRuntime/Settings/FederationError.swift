import Codec

/// Why a federated run cannot start or a round cannot begin or end.
package enum FederationError: Error, Sendable, Equatable, CustomStringConvertible {
    case device(DeviceError)
    /// Frames with run id 0 are refused.
    case runIDIsZero
    case bitsOutOfRange(Int)
    case timeBudgetOutOfRange(Double)
    /// A relative error of the aggregate that is no positive number.
    case aggregateErrorOutOfRange(Double)
    /// A relative error of the broadcast that is no positive number.
    case downlinkDemandOutOfRange(Double)
    /// An error of the aggregate that no widths reach.
    case aggregateErrorUnreachable(Double, smallest: Double)
    /// Bits for the system need errors, which Theorem 1 does not give.
    case systemBitsByTheorem
    case extraTimeOutOfRange(Double)
    /// A setting of the energy ledger outside its range.
    case ledger(field: String, value: Double, limit: String)
    /// A channel trace that does not say how a device's channel is.
    case traceWithoutDevice(Int)
    /// A saved state with a round that frames cannot carry.
    case roundOutOfRange(Int)
    /// A value of the settings that must be positive.
    case notPositive(field: String, value: Int)
    /// A setting of the aggregation outside its range.
    case aggregation(field: String, value: Double, limit: String)
    /// Trimmed mean or median of more values than memory is meant to hold, in bytes of the largest tensor.
    case tooMuchToSort(devices: Int, bytesPerDevice: Int, limit: Int)
    /// A saved state with server moments of other sizes than the optimiser's: first and second.
    case momentsMismatch(found: [Int], expected: [Int])
    /// The selected devices' samples could overflow the fixed-point sum.
    case tooManySamples(count: Int, limit: Int)
    /// The global model cannot be coded.
    case model(CodecError)
    case roundOpen(Int)
    case noRoundOpen

    package var description: String {
        switch self {
        case .device(let error): "\(error)"
        case .runIDIsZero: "run id 0 stands for no run; choose any other"
        case .bitsOutOfRange(let bits): "\(bits) bits is outside 2...8; use 2...8, or the scheme fedavg for 32 bits"
        case .timeBudgetOutOfRange(let seconds): "time budget \(seconds) s is not above 0; give seconds, or auto"
        case .aggregateErrorOutOfRange(let error): "aggregate error \(error) is not above 0; give a relative error such as 0.0005"
        case .downlinkDemandOutOfRange(let error): "downlink demand \(error) is not above 0; give a relative error such as 0.001"
        case .aggregateErrorUnreachable(let error, let smallest):
            "aggregate error \(error) is below \(smallest), the smallest that the devices reach with the bits that they accept; "
                + "allow more, or accept wider codes"
        case .systemBitsByTheorem:
            "bits for all devices together are chosen by exact errors; use rule measured, or each device's bits by itself"
        case .extraTimeOutOfRange(let seconds): "allowed extra time \(seconds) s is below 0; give seconds, 0 for none"
        case .ledger(let field, let value, let limit): "\(field) \(value) is not \(limit); use a number \(limit)"
        case .traceWithoutDevice(let device): "the channel trace has no gain for device \(device); add its lines"
        case .roundOutOfRange(let round): "round \(round) of the saved state is outside 0..<\(UInt32.max); the state is damaged"
        case .notPositive(let field, let value): "\(field) \(value) is below 1; give at least 1"
        case .aggregation(let field, let value, let limit): "\(field) \(value) is not \(limit); use a number \(limit)"
        case .tooMuchToSort(let devices, let bytes, let limit):
            "trimmed mean or median of \(devices) devices takes \(devices) x \(bytes) bytes for the largest tensor, the limit is "
                + "\(limit); select at most \(limit / bytes) devices a round, or use aggregation mean"
        case .momentsMismatch(let found, let expected):
            "the saved state has server moments of \(found) values, the optimiser needs \(expected); the state is damaged"
        case .tooManySamples(let count, let limit):
            "the devices of a round may have \(count) samples together, the exact sum holds \(limit); select fewer devices"
        case .model(let error): "the global model cannot be sent: \(error)"
        case .roundOpen(let round): "round \(round) is still open; finish or abandon it first"
        case .noRoundOpen: "no round is open; begin one first"
        }
    }
}
