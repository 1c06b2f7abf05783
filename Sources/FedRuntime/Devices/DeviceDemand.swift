import Codec

/// What a device asks of its updates.
public enum DeviceDemand: Sendable, Equatable {
    /// The largest expected squared error that it accepts: it sends the fewest bytes that keep it.
    case error(ErrorDemand)
    /// The most bytes of a frame: it sends the least error that they hold.
    case bytes(Int)
    /// The most joules of a round, training and sending: it sends the least error that they buy.
    case energy(joules: Double)

    /// An error demand relative to the squared norm of what is sent.
    package static func relative(_ epsilon: Double) -> DeviceDemand { .error(.relative(epsilon)) }
    /// An absolute error demand.
    package static func absolute(_ error: Double) -> DeviceDemand { .error(.absolute(error)) }

    /// The largest expected squared error, where that is what the device demands.
    package var error: ErrorDemand? {
        if case .error(let demand) = self { demand } else { nil }
    }

    /// Why a frame of so many bytes that takes so much energy is beyond the budget, or nil. An error demand has no budget.
    func excess(bytes: Int, energyJoules: Double) -> String? {
        switch self {
        case .bytes(let limit) where bytes > limit:
            "a frame of \(bytes) bytes is more than the device's \(limit); give it more bytes, or let it send fewer bits"
        case .energy(let limit) where !(energyJoules <= limit):
            "\(energyJoules) J is more than the device's \(limit) J; give it more energy or time, or let it send fewer bits"
        case .error, .bytes, .energy: nil
        }
    }

    /// Throws what is not a positive, finite demand.
    func validate(device: Int) throws(DeviceError) {
        let value =
            switch self {
            case .error(let demand): demand.absolute(squaredNorm: 1)
            case .bytes(let bytes): Double(bytes)
            case .energy(let joules): joules
            }
        guard value > 0, value.isFinite else { throw .demandNotPositive(device: device, demand: value) }
    }
}

/// The demands of generated devices.
public enum GeneratedDemand: Sendable, Equatable {
    /// Relative errors, log-uniform in this range.
    case relativeError(ClosedRange<Double>)
    /// The same for all devices.
    case same(DeviceDemand)

    /// Usual errors where whole weights are sent.
    package static let ofWeights = GeneratedDemand.relativeError(1e-4...2e-3)
}
