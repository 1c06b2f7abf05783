/// A device's uplink: one FDMA channel with path loss and noise, and the power that it may use [Lai23 eq. 5-7].
public struct RadioModel: Sendable, Equatable {
    /// `B`: bandwidth of the device's own channel.
    public private(set) var bandwidthHertz: Double
    /// `h2`: channel power gain at one metre, dimensionless; fading enters here.
    public let channelGain: Double
    /// `d`: distance to the server.
    public let distanceMetres: Double
    /// `eta`: the gain falls with `d^-eta`.
    public let pathLossExponent: Double
    /// Noise power-spectral density; `noiseDensity` is the same in W/Hz.
    public let noiseDBmPerMegahertz: Double
    /// `g = h2*d^-eta`: received over sent power.
    public let pathGain: Double
    /// `N0` in W/Hz, from dBm/MHz.
    public let noiseDensity: Double
    /// Lowest transmit power, radiated.
    public let powerMinWatts: Double
    /// Highest transmit power, radiated.
    public let powerMaxWatts: Double
    /// What the radio draws while it sends, whatever it radiates.
    public let circuitPowerWatts: Double
    /// Radiated power over what the amplifier draws for it.
    public let amplifierEfficiency: Double

    /// The paper's channel unless told otherwise.
    ///
    /// - Throws: the first field outside its physical range, or `power_min_w` above `power_max_w`.
    public init(
        bandwidthHertz: Double = PaperDevice.bandwidthHertz, channelGain: Double = PaperDevice.channelGain,
        distanceMetres: Double = PaperDevice.distanceMetres, pathLossExponent: Double = PaperDevice.pathLossExponent,
        noiseDBmPerMegahertz: Double = PaperDevice.noiseDBmPerMegahertz, powerMinWatts: Double = PaperDevice.powerMinWatts,
        powerMaxWatts: Double = PaperDevice.powerMaxWatts, circuitPowerWatts: Double = 0, amplifierEfficiency: Double = 1
    ) throws(EnergyInputError) {
        self.bandwidthHertz = try Self.bandwidthRange.checked(bandwidthHertz)
        self.channelGain = try Self.gainRange.checked(channelGain)
        self.distanceMetres = try Self.distanceRange.checked(distanceMetres)
        self.pathLossExponent = try Self.exponentRange.checked(pathLossExponent)
        self.noiseDBmPerMegahertz = try Self.noiseRange.checked(noiseDBmPerMegahertz)
        pathGain = self.channelGain * power(self.distanceMetres, -self.pathLossExponent)
        noiseDensity = power(10, (self.noiseDBmPerMegahertz - 30) / 10) / 1e6
        self.powerMaxWatts = try Self.powerMaxRange.checked(powerMaxWatts)
        self.powerMinWatts = try Self.powerMinRange.checked(powerMinWatts, atMost: powerMaxWatts)
        self.circuitPowerWatts = try Self.circuitRange.checked(circuitPowerWatts)
        self.amplifierEfficiency = try Self.efficiencyRange.checked(amplifierEfficiency)
    }

    /// What the device draws for sending at a radiated power of `powerWatts`: `circuit + P/efficiency`. The paper's is the radiated power.
    public func drawnWatts(powerWatts: Double) -> Double { circuitPowerWatts + powerWatts / amplifierEfficiency }

    /// Whether the device draws what it radiates, as in the paper.
    var isIdeal: Bool { circuitPowerWatts == 0 && amplifierEfficiency == 1 }

    /// The same radio on a channel of another width, which a shared band gives it: any positive number.
    func with(bandwidthHertz: Double) -> Self {
        var copy = self
        copy.bandwidthHertz = bandwidthHertz
        return copy
    }

    /// The same radio where the channel's power gain at one metre is another.
    ///
    /// - Throws: `channel_gain` outside its range.
    package func with(channelGain: Double) throws(EnergyInputError) -> Self {
        try Self(
            bandwidthHertz: bandwidthHertz, channelGain: channelGain, distanceMetres: distanceMetres,
            pathLossExponent: pathLossExponent, noiseDBmPerMegahertz: noiseDBmPerMegahertz, powerMinWatts: powerMinWatts,
            powerMaxWatts: powerMaxWatts, circuitPowerWatts: circuitPowerWatts, amplifierEfficiency: amplifierEfficiency)
    }

    /// `g/(B*N0)`: signal-to-noise ratio of one transmitted watt.
    package var signalToNoisePerWatt: Double { pathGain / (bandwidthHertz * noiseDensity) }

    /// `r = B*log2(1 + g*P/(B*N0))`, bit/s [Lai23 eq. 5].
    public func bitsPerSecond(powerWatts: Double) -> Double {
        bandwidthHertz * logarithmOfOnePlus(signalToNoisePerWatt * powerWatts) / naturalLogarithmOfTwo
    }

    /// The power at which the channel carries `payloadBits` in `seconds`: the inverse of the rate.
    public func powerWatts(payloadBits: Double, seconds: Double) -> Double {
        exponentialMinusOne(naturalLogarithmOfTwo * payloadBits / (bandwidthHertz * seconds)) / signalToNoisePerWatt
    }
}

extension RadioModel {
    package static let bandwidthRange = PhysicalRange(
        "bandwidth_hz", unit: "Hz", 1...1e15, standard: PaperDevice.bandwidthHertz, wayOut: "the paper uses 5e7")
    package static let gainRange = PhysicalRange(
        "channel_gain", unit: "", 1e-30...1e6, standard: PaperDevice.channelGain, wayOut: "the paper uses 1e-3")
    package static let distanceRange = PhysicalRange(
        "distance_m", unit: "m", 1e-3...1e9, standard: PaperDevice.distanceMetres,
        wayOut: "give the distance to the server in metres, above 0")
    package static let exponentRange = PhysicalRange(
        "path_loss_exponent", unit: "", 0...10, standard: PaperDevice.pathLossExponent, wayOut: "the paper uses 3.76")
    package static let noiseRange = PhysicalRange(
        "noise_dbm_per_mhz", unit: "dBm/MHz", -300...100, standard: PaperDevice.noiseDBmPerMegahertz,
        wayOut: "the paper uses -95")
    package static let powerMinRange = PhysicalRange(
        "power_min_w", unit: "W", 0...1e6, standard: PaperDevice.powerMinWatts, wayOut: "give a power between 0 and power_max_w")
    package static let powerMaxRange = PhysicalRange(
        "power_max_w", unit: "W", 1e-12...1e6, standard: PaperDevice.powerMaxWatts,
        wayOut: "give the largest transmit power in watts, above 0")
    package static let circuitRange = PhysicalRange(
        "circuit_power_w", unit: "W", 0...1e6, standard: 0,
        wayOut: "give what the radio draws while it sends, besides the amplifier")
    package static let efficiencyRange = PhysicalRange(
        "amplifier_efficiency", unit: "", 1e-6...1, standard: 1, wayOut: "give radiated over drawn power, above 0 and at most 1")
}
