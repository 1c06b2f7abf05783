import Codec
import Energy

/// A device that takes part in a federated run: its data, CPU, channel and demand.
package struct FederatedDevice: Sendable, Equatable {
    /// Its index in the run; frames carry it.
    package let id: Int
    /// Name of the profile that it was generated from, or what its file calls it.
    package let profile: String
    /// What its folder or file calls it; nil where it has only its number.
    package private(set) var name: String?
    /// `n_k`: images in its data set, its weight in the average.
    package let samples: Int
    package private(set) var processor: Processor
    /// Its channel without fading: `channelGain` is the mean power gain, shadowing included.
    package internal(set) var radio: RadioModel
    package let demand: DeviceDemand
    /// Bits per parameter that it may send.
    package let acceptedBits: ClosedRange<Int>
    /// Power of the whole device while it neither trains nor sends.
    package private(set) var idlePowerWatts: Double
    /// Whether plans minimise that, too.
    package let idleCounts: Bool
    /// Power that receiving the global model takes.
    package private(set) var receiverPowerWatts: Double
    /// What shadowing changed the mean gain by; nil where there is none.
    package internal(set) var shadowingDecibels: Double?

    /// - Throws: an id that frames cannot carry, no samples, a demand that is not positive, bits outside 2...8, a negative power.
    package init(
        id: Int, profile: String, name: String? = nil, samples: Int, processor: Processor, radio: RadioModel,
        demand: DeviceDemand,
        acceptedBits: ClosedRange<Int> = DeviceLimits.paperBits, idlePowerWatts: Double = 0, receiverPowerWatts: Double = 0,
        idleCounts: Bool = false
    ) throws(DeviceError) {
        guard id >= 0, id < Int(UInt32.max) else { throw .idOutOfRange(id) }
        guard samples >= 1, samples <= DeviceLimits.samples else { throw .samplesOutOfRange(device: id, samples: samples) }
        try demand.validate(device: id)
        guard DeviceLimits.bits.contains(acceptedBits) else {
            throw .bitsOutOfRange(device: id, bits: acceptedBits)
        }
        self.id = id
        self.profile = profile
        self.name = name
        self.samples = samples
        self.processor = processor
        self.radio = radio
        self.demand = demand
        self.acceptedBits = acceptedBits
        self.idlePowerWatts = idlePowerWatts + 0
        self.receiverPowerWatts = receiverPowerWatts + 0
        self.idleCounts = idleCounts
        try checkPowers()
    }

    /// The device with another name.
    package func named(_ name: String) -> FederatedDevice {
        var device = self
        device.name = name
        return device
    }

    /// The device with its processor by the paper's law; nil where that is its model.
    var byTheLaw: FederatedDevice? {
        processor.byTheLaw.map { law in
            var device = self
            device.processor = law
            return device
        }
    }

    /// The device with other powers where they are given.
    ///
    /// - Throws: a negative power.
    package func drawing(idlePowerWatts: Double?, receiverPowerWatts: Double?) throws(DeviceError) -> FederatedDevice {
        var device = self
        if let idlePowerWatts { device.idlePowerWatts = idlePowerWatts }
        if let receiverPowerWatts { device.receiverPowerWatts = receiverPowerWatts }
        try device.checkPowers()
        return device
    }

    private func checkPowers() throws(DeviceError) {
        for (field, watts) in [("idle_power_w", idlePowerWatts), ("receiver_power_w", receiverPowerWatts)]
        where !DeviceLimits.powers.contains(watts) {
            throw .powerOutOfRange(device: id, field: field, watts: watts)
        }
    }
}
