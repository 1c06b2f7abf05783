/// One device, one round: receive, train, then send `payloadBits`, all within the time budget, for the least energy
/// [Lai23 P1-P3, eq. 9] (corrected).
///
/// A value is valid by construction, so that solving cannot fail: it ends in a plan or in the reason why there is none.
public struct DeviceEnergyProblem: Sendable, Equatable {
    /// What training costs the device.
    public let compute: ComputeModel
    /// The device's uplink.
    public private(set) var radio: RadioModel
    /// `S`: bits sent, headers included. (Paper eq. 6 prints `M*L`; it must be bits.)
    public let payloadBits: Double
    /// `T`: seconds that receiving, training and sending may take together.
    public let timeBudgetSeconds: Double
    /// What is received before training; the paper has none, and its `T` is for training and sending.
    public let reception: Reception
    /// What the device draws while it neither trains nor sends, where that is minimised, too: else 0.
    public let idlePowerWatts: Double

    /// The problem of one device in one round.
    ///
    /// - Throws: `payload_bits` outside 1...1e18, `time_budget_s` outside 1e-9...1e12 or `idle_power_w` outside 0...1e6.
    public init(
        compute: ComputeModel, radio: RadioModel, payloadBits: Double,
        timeBudgetSeconds: Double = PaperDevice.timeBudgetSeconds, idlePowerWatts: Double = 0, reception: Reception = .none
    ) throws(EnergyInputError) {
        self.compute = compute
        self.radio = radio
        self.payloadBits = try Self.payloadRange.checked(payloadBits)
        self.timeBudgetSeconds = try Self.timeRange.checked(timeBudgetSeconds)
        self.idlePowerWatts = try Self.idleRange.checked(idlePowerWatts)
        self.reception = reception
    }

    /// The same device with another payload, another time budget, or both.
    public func with(payloadBits: Double? = nil, timeBudgetSeconds: Double? = nil) throws(EnergyInputError) -> Self {
        try Self(
            compute: compute, radio: radio, payloadBits: payloadBits ?? self.payloadBits,
            timeBudgetSeconds: timeBudgetSeconds ?? self.timeBudgetSeconds, idlePowerWatts: idlePowerWatts,
            reception: reception)
    }

    /// The same device on a channel of another width: any positive number.
    func with(bandwidthHertz: Double) -> Self {
        var copy = self
        copy.radio = radio.with(bandwidthHertz: bandwidthHertz)
        return copy
    }

    /// Whether it is the paper's: its law, and a radio that draws what it radiates.
    var isPlain: Bool {
        if case .law = compute.power { radio.isIdeal && idlePowerWatts == 0 } else { false }
    }

    /// What receiving leaves of the time budget: `theta` and `pi` are shares of it. Where receiving leaves nothing, so little that no plan fits.
    public var availableSeconds: Double { max(timeBudgetSeconds - reception.seconds, Self.timeRange.range.lowerBound) }

    /// Training time at the highest frequency.
    public var shortestComputeSeconds: Double { compute.timeSeconds(frequencyHertz: compute.frequencyMaxHertz) }

    /// Sending time at the highest power.
    public var shortestCommunicationSeconds: Double {
        payloadBits / radio.bitsPerSecond(powerWatts: radio.powerMaxWatts)
    }

    /// The smallest time budget at which this device is feasible, whatever its own budget is.
    public var smallestTimeBudgetSeconds: Double {
        (reception.seconds + shortestComputeSeconds + shortestCommunicationSeconds) * (1 + Self.roundingMargin)
    }

    /// The largest payload that the device can send within its budget, or nil where training alone uses it up.
    public var largestPayloadBits: Double? {
        let secondsLeft = availableSeconds - shortestComputeSeconds
        let bits = secondsLeft * radio.bitsPerSecond(powerWatts: radio.powerMaxWatts) * (1 - Self.roundingMargin)
        return bits >= Self.payloadRange.range.lowerBound ? bits : nil
    }

    /// The automatic time budget (`--time-budget auto`): 1.5 times the smallest one at which every device is feasible.
    package static func automaticTimeBudgetSeconds(smallest: Double) -> Double { 1.5 * smallest }
}

extension DeviceEnergyProblem {
    package static let payloadRange = PhysicalRange(
        "payload_bits", unit: "bit", 1...1e18, wayOut: "give the size of the update in bits")
    package static let idleRange = PhysicalRange(
        "idle_power_w", unit: "W", 0...1e6, standard: 0, wayOut: "give the power in watts")
    package static let timeRange = PhysicalRange(
        "time_budget_s", unit: "s", 1e-9...1e12, standard: PaperDevice.timeBudgetSeconds,
        wayOut: "give a time budget in seconds, above 0; the paper uses 13...18")
    /// Keeps the suggested limits on the feasible side of rounding.
    private static let roundingMargin = 1e-14
}
