import Codec
import Energy

/// A device that takes part in a federated run: its data, CPU, channel and demand.
public struct FederatedDevice: Sendable, Equatable {
    /// Its index in the run; frames carry it.
    public let id: Int
    /// Name of the profile that it was generated from, or what its file calls it.
    public let profile: String
    /// `n_k`: images in its data set, its weight in the average.
    public let samples: Int
    public let processor: Processor
    /// Its channel without fading: `channelGain` is the mean power gain, shadowing included.
    public internal(set) var radio: RadioModel
    public let demand: DeviceDemand
    /// Bits per parameter that it may send.
    public let acceptedBits: ClosedRange<Int>
    /// Power of the whole device while it neither trains nor sends.
    public private(set) var idlePowerWatts: Double
    /// Power that receiving the global model takes.
    public private(set) var receiverPowerWatts: Double
    /// What shadowing changed the mean gain by; nil where there is none.
    public internal(set) var shadowingDecibels: Double?

    /// - Throws: an id that frames cannot carry, no samples, a demand that is not positive, bits outside 2...8, a negative power.
    public init(
        id: Int, profile: String, samples: Int, processor: Processor, radio: RadioModel, demand: DeviceDemand,
        acceptedBits: ClosedRange<Int> = 6...8, idlePowerWatts: Double = 0, receiverPowerWatts: Double = 0
    ) throws(DeviceError) {
        guard id >= 0, id < Int(UInt32.max) else { throw .idOutOfRange(id) }
        guard samples >= 1, samples <= Self.sampleLimit else { throw .samplesOutOfRange(device: id, samples: samples) }
        try demand.validate(device: id)
        guard acceptedBits.lowerBound >= 2, acceptedBits.upperBound <= 8 else {
            throw .bitsOutOfRange(device: id, bits: acceptedBits)
        }
        self.id = id
        self.profile = profile
        self.samples = samples
        self.processor = processor
        self.radio = radio
        self.demand = demand
        self.acceptedBits = acceptedBits
        self.idlePowerWatts = idlePowerWatts
        self.receiverPowerWatts = receiverPowerWatts
        try checkPowers()
    }

    /// The device with other powers where they are given.
    ///
    /// - Throws: a negative power.
    public func drawing(idlePowerWatts: Double?, receiverPowerWatts: Double?) throws(DeviceError) -> FederatedDevice {
        var device = self
        if let idlePowerWatts { device.idlePowerWatts = idlePowerWatts }
        if let receiverPowerWatts { device.receiverPowerWatts = receiverPowerWatts }
        try device.checkPowers()
        return device
    }

    private func checkPowers() throws(DeviceError) {
        for (field, watts) in [("idle_power_w", idlePowerWatts), ("receiver_power_w", receiverPowerWatts)]
        where !Self.powerLimits.contains(watts) {
            throw .powerOutOfRange(device: id, field: field, watts: watts)
        }
    }

    /// Largest data set of one device: keeps the weighted fixed-point sum inside its proven bound.
    static let sampleLimit = 1 << 24
    static let powerLimits = 0...1e6
}

/// A device description that cannot be used.
public enum DeviceError: Error, Sendable, Equatable, CustomStringConvertible {
    case idOutOfRange(Int)
    case duplicateID(Int)
    case samplesOutOfRange(device: Int, samples: Int)
    case demandNotPositive(device: Int, demand: Double)
    case bitsOutOfRange(device: Int, bits: ClosedRange<Int>)
    case selectionOutOfRange(count: Int, devices: Int)
    case powerOutOfRange(device: Int, field: String, watts: Double)
    case unknownProfile(String)
    case physics(device: Int, EnergyInputError)

    public var description: String {
        switch self {
        case .idOutOfRange(let id): "device id \(id) is outside 0..<\(UInt32.max); number the devices from 0"
        case .duplicateID(let id): "two devices have the id \(id); give every device its own"
        case .samplesOutOfRange(let device, let samples):
            "device \(device) has \(samples) samples, outside 1...\(FederatedDevice.sampleLimit); give it data or leave it out"
        case .demandNotPositive(let device, let demand):
            "device \(device) demands \(demand), which is not a positive number; give bytes, joules or a relative error above 0 (usual errors: "
                + "0.02...0.09 of a change, 1e-4...2e-3 of weights)"
        case .bitsOutOfRange(let device, let bits): "device \(device) accepts \(bits) bits, outside 2...8; the paper uses 6...8"
        case .selectionOutOfRange(let count, let devices):
            "\(count) devices a round is outside 1...\(devices); select at least 1 and at most all"
        case .powerOutOfRange(let device, let field, let watts):
            "device \(device): \(field) \(watts) W is outside \(FederatedDevice.powerLimits); give the power in watts"
        case .unknownProfile(let name):
            "device profile \(name) is unknown; use \(DeviceProfile.all.map(\.name).joined(separator: ", "))"
        case .physics(let device, let error): "device \(device): \(error)"
        }
    }
}
