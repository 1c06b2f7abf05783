import Energy

/// What a processor draws: the fields of its form are there.
struct PowerPart: Codable, Sendable, Equatable {
    var energyCoefficient: Double?
    var constantWatts: Double?
    var wattsPerHertz: Double?
    /// Frequency, power and scale of cycles.
    var operatingPoints: [[Double]]?

    enum CodingKeys: String, CodingKey {
        case energyCoefficient = "energy_coefficient"
        case constantWatts = "power_static_w"
        case wattsPerHertz = "power_linear_w_per_hz"
        case operatingPoints = "operating_points"
    }

    init(_ power: ProcessorPower) {
        switch power {
        case .law(let coefficient): energyCoefficient = coefficient
        case .smooth(let constant, let linear, let coefficient):
            (energyCoefficient, constantWatts, wattsPerHertz) = (coefficient, constant, linear)
        case .table(let points):
            operatingPoints = points.rows.map { [$0.frequencyHertz, $0.powerWatts, $0.cyclesScale] }
        }
    }

    func power() throws -> ProcessorPower {
        switch (energyCoefficient, constantWatts, wattsPerHertz, operatingPoints) {
        case (let coefficient?, nil, nil, nil): return .law(coefficient: coefficient)
        case (let coefficient?, let constant?, let linear?, nil):
            return .smooth(constantWatts: constant, wattsPerHertz: linear, coefficient: coefficient)
        case (nil, nil, nil, let rows?):
            guard rows.allSatisfy({ $0.count == 3 }) else {
                throw MessageError("operating_points has a row without three numbers")
            }
            return .table(
                try OperatingPoints(rows.map { OperatingPoint(frequencyHertz: $0[0], powerWatts: $0[1], cyclesScale: $0[2]) }))
        default: throw MessageError("power is neither the law, the smooth form nor a table")
        }
    }
}

/// A channel.
struct RadioPart: Codable, Sendable, Equatable {
    let bandwidthHertz: Double
    let channelGain: Double
    let distanceMetres: Double
    let pathLossExponent: Double
    let noiseDBmPerMegahertz: Double
    let powerMinWatts: Double
    let powerMaxWatts: Double
    let circuitPowerWatts: Double
    let amplifierEfficiency: Double

    enum CodingKeys: String, CodingKey {
        case bandwidthHertz = "bandwidth_hz"
        case channelGain = "channel_gain"
        case distanceMetres = "distance_m"
        case pathLossExponent = "path_loss_exponent"
        case noiseDBmPerMegahertz = "noise_dbm_per_mhz"
        case powerMinWatts = "power_min_w"
        case powerMaxWatts = "power_max_w"
        case circuitPowerWatts = "circuit_power_w"
        case amplifierEfficiency = "amplifier_efficiency"
    }

    init(_ radio: RadioModel) {
        (bandwidthHertz, channelGain, distanceMetres) = (radio.bandwidthHertz, radio.channelGain, radio.distanceMetres)
        (pathLossExponent, noiseDBmPerMegahertz) = (radio.pathLossExponent, radio.noiseDBmPerMegahertz)
        (powerMinWatts, powerMaxWatts) = (radio.powerMinWatts, radio.powerMaxWatts)
        (circuitPowerWatts, amplifierEfficiency) = (radio.circuitPowerWatts, radio.amplifierEfficiency)
    }

    func radio() throws(EnergyInputError) -> RadioModel {
        try RadioModel(
            bandwidthHertz: bandwidthHertz, channelGain: channelGain, distanceMetres: distanceMetres,
            pathLossExponent: pathLossExponent, noiseDBmPerMegahertz: noiseDBmPerMegahertz, powerMinWatts: powerMinWatts,
            powerMaxWatts: powerMaxWatts, circuitPowerWatts: circuitPowerWatts, amplifierEfficiency: amplifierEfficiency)
    }
}

/// What a device receives before it trains.
struct ReceptionPart: Codable, Sendable, Equatable {
    let bits: Double
    let bitsPerSecond: Double
    let powerWatts: Double

    enum CodingKeys: String, CodingKey {
        case bits
        case bitsPerSecond = "bits_per_s"
        case powerWatts = "power_w"
    }

    init(_ reception: Reception) {
        (bits, bitsPerSecond, powerWatts) = (reception.bits, reception.bitsPerSecond, reception.powerWatts)
    }

    func reception() throws(EnergyInputError) -> Reception {
        try Reception(bits: bits, bitsPerSecond: bitsPerSecond, powerWatts: powerWatts)
    }
}
