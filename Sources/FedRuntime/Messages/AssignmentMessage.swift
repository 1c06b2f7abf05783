import Codec
import Energy
import Records

/// An ``Assignment`` as it travels to a device: all that the device needs beside the global model and its own images.
///
/// Fields are called as in device files and records; SI units. Numbers come back as they went.
package struct AssignmentMessage: Codable, Sendable, Equatable {
    /// Of this layout; a receiver refuses others.
    package static let version = 2

    let version: Int
    let run: UInt64
    let round: UInt32
    let seed: UInt64
    /// Hash of the weights that the device starts from: its low and high half.
    let baseModel: [UInt64]
    /// What the device sends, by its number in frames.
    let payload: UInt8
    let localIterations: Int
    let batchSize: Int
    let grid: String
    let groupSize: Int
    /// Of a lattice, by its number in frames.
    let rounding: UInt8?
    let bitRule: String
    /// The round of the device's last accepted frame, which error feedback goes on from; nil where there is none.
    package let acceptedRound: Int?
    let device: DevicePart
    let fading: Double
    let forecast: ForecastPart
    let plan: PlanPart

    enum CodingKeys: String, CodingKey {
        case version, run, round, seed, payload, grid, rounding, device, fading, forecast, plan
        case acceptedRound = "accepted_round"
        case baseModel = "base_model"
        case localIterations = "local_iterations"
        case batchSize = "batch_size"
        case groupSize = "group_size"
        case bitRule = "bit_rule"
    }

    package init(_ assignment: Assignment, acceptedRound: Int? = nil) {
        let (binding, settings) = (assignment.binding, assignment.settings)
        version = Self.version
        (run, round, seed) = (binding.runID, binding.round, settings.seed)
        (baseModel, payload) = ([binding.baseModel.low, binding.baseModel.high], binding.payload.rawValue)
        (localIterations, batchSize) = (settings.localIterations, settings.batchSize)
        (grid, groupSize, bitRule) = (settings.quantizer.grid.rawValue, settings.quantizer.groupSize, settings.rule.rawValue)
        if case .lattice(let kind) = settings.quantizer { rounding = kind.rawValue } else { rounding = nil }
        self.acceptedRound = acceptedRound
        device = DevicePart(assignment.device)
        fading = assignment.fading
        forecast = ForecastPart(assignment.forecast)
        plan = PlanPart(assignment.plan)
    }

    /// What the server meant.
    ///
    /// - Throws: a field that is no such thing, or outside the range that its model has.
    package func assignment() throws(MessageError) -> Assignment {
        guard version == Self.version else {
            throw MessageError("version \(version) is not \(Self.version); use one version of the program on all sides")
        }
        guard baseModel.count == 2, let payload = PayloadKind(rawValue: payload), let rule = BitRule(rawValue: bitRule) else {
            throw MessageError("base_model, payload \(self.payload) or bit_rule \(bitRule) is none")
        }
        for (name, value) in [("local_iterations", localIterations), ("batch_size", batchSize)] where !(1...65536).contains(value)
        {
            throw MessageError("\(name) \(value) is outside 1...65536")
        }
        guard fading >= 0, fading.isFinite else { throw MessageError("fading \(fading) is no power gain") }
        let device = try device.device()
        return Assignment(
            binding: FrameBinding(
                runID: run, round: round, device: UInt32(device.id), baseModel: ModelHash(low: baseModel[0], high: baseModel[1]),
                payload: payload),
            device: device, fading: fading, plan: try plan.plan(), forecast: try forecast.forecast(),
            settings: DeviceSettings(
                seed: seed, localIterations: localIterations, batchSize: batchSize, quantizer: try quantizer(), rule: rule))
    }

    private func quantizer() throws(MessageError) -> Quantizer {
        guard (0...Int(UInt32.max)).contains(groupSize) else {
            throw MessageError("group_size \(groupSize) is outside 0...2^32-1")
        }
        switch (QuantizationGrid(rawValue: grid), rounding.flatMap(LatticeRounding.init)) {
        case (.paper?, nil): return .levels(.paper, groupSize: groupSize)
        case (.zero?, nil): return .levels(.zero, groupSize: groupSize)
        case (.lattice?, let kind?): return .lattice(kind)
        default: throw MessageError("grid \(grid) with rounding \(rounding.map { "\($0)" } ?? "none") is none")
        }
    }
}

/// What the device is.
struct DevicePart: Codable, Sendable, Equatable {
    let id: Int
    let profile: String
    let name: String?
    let samples: Int
    let bitsMin: Int
    let bitsMax: Int
    let demand: DemandPart
    let frequencyMinHertz: Double
    let frequencyMaxHertz: Double
    let power: PowerPart
    let flopsPerCycle: Double
    let radio: RadioPart
    let idlePowerWatts: Double
    let receiverPowerWatts: Double
    let idleCounts: Bool
    let shadowingDecibels: Double?

    enum CodingKeys: String, CodingKey {
        case id, profile, name, samples, demand, power, radio
        case bitsMin = "bits_min"
        case bitsMax = "bits_max"
        case frequencyMinHertz = "frequency_min_hz"
        case frequencyMaxHertz = "frequency_max_hz"
        case flopsPerCycle = "flops_per_cycle"
        case idlePowerWatts = "idle_power_w"
        case receiverPowerWatts = "receiver_power_w"
        case idleCounts = "idle_counts"
        case shadowingDecibels = "shadowing_db"
    }

    init(_ device: FederatedDevice) {
        (id, profile, name, samples) = (device.id, device.profile, device.name, device.samples)
        (bitsMin, bitsMax) = (device.acceptedBits.lowerBound, device.acceptedBits.upperBound)
        (demand, radio) = (DemandPart(device.demand), RadioPart(device.radio))
        (frequencyMinHertz, frequencyMaxHertz) = (device.processor.frequencyMinHertz, device.processor.frequencyMaxHertz)
        (power, flopsPerCycle) = (PowerPart(device.processor.power), device.processor.flopsPerCycle)
        (idlePowerWatts, receiverPowerWatts) = (device.idlePowerWatts, device.receiverPowerWatts)
        (idleCounts, shadowingDecibels) = (device.idleCounts, device.shadowingDecibels)
    }

    func device() throws(MessageError) -> FederatedDevice {
        guard bitsMin <= bitsMax else { throw MessageError("bits_min \(bitsMin) is above bits_max \(bitsMax)") }
        do {
            var device = try FederatedDevice(
                id: id, profile: profile, name: name, samples: samples,
                processor: Processor(
                    frequencyMinHertz: frequencyMinHertz, frequencyMaxHertz: frequencyMaxHertz,
                    power: power.power(), flopsPerCycle: flopsPerCycle),
                radio: radio.radio(), demand: demand.demand(), acceptedBits: bitsMin...bitsMax,
                idlePowerWatts: idlePowerWatts, receiverPowerWatts: receiverPowerWatts,
                idleCounts: idleCounts)
            device.shadowingDecibels = shadowingDecibels
            return device
        } catch { throw MessageError("device", error) }
    }
}

/// A demand: one of its fields is there.
struct DemandPart: Codable, Sendable, Equatable {
    var relativeError: Double?
    var absoluteError: Double?
    var bytes: Int?
    var energyJoules: Double?

    enum CodingKeys: String, CodingKey {
        case bytes
        case relativeError = "relative_error"
        case absoluteError = "absolute_error"
        case energyJoules = "energy_j"
    }

    init(_ demand: DeviceDemand) {
        switch demand {
        case .error(.relative(let epsilon)): relativeError = epsilon
        case .error(.absolute(let error)): absoluteError = error
        case .bytes(let limit): bytes = limit
        case .energy(let joules): energyJoules = joules
        }
    }

    func demand() throws(MessageError) -> DeviceDemand {
        switch (relativeError, absoluteError, bytes, energyJoules) {
        case (let epsilon?, nil, nil, nil): .relative(epsilon)
        case (nil, let error?, nil, nil): .absolute(error)
        case (nil, nil, let limit?, nil): .bytes(limit)
        case (nil, nil, nil, let joules?): .energy(joules: joules)
        default: throw MessageError("demand has not one of relative_error, absolute_error, bytes and energy_j")
        }
    }
}
