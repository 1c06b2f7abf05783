import Energy
import FedRuntime
import Foundation
import Storage

/// The fields of a device in a file: the one table that `plan`, `train`, `calibrate` and docs/devices.md read.
///
/// A new number is a case, its row in `row`, and its use in `plannedDevice` or `federatedDevice`.
package enum DeviceField: Int, CaseIterable, Sendable {
    case id, localIterations, samplesPerIteration, cyclesPerSample, energyCoefficient, frequencyMin, frequencyMax, powerMin,
        powerMax
    case bandwidth, channelGain, distance, pathLossExponent, noise, parameterCount, bitsPerParameter, payloadBits, timeBudget
    case profile, name, flopsPerCycle, bfloat16FLOPsPerCycle, idlePower, receiverPower, downlinkBits, downlinkRate
    case operatingPoints, dynamicPowerCoefficient, powerStatic, powerLinear, circuitPower, amplifierEfficiency, idleCounts
    case demand, demandAbsolute, demandBytes, demandEnergy, bitsMin, bitsMax, samples

    /// What a field is, and what stands for it where it is missing.
    package struct Row: Sendable {
        /// As files spell it.
        package let name: String
        /// Empty for plain numbers and texts.
        package let unit: String
        /// The value of a device that does not give the field; nil where the run decides, or another field.
        package let standard: Double?
        /// The accepted values; nil for texts.
        package let limits: ClosedRange<Double>?
        package let users: Users
        /// One line of help.
        package let help: String
        /// Where a device's profile says it.
        let inProfile: InProfile?

        typealias InProfile = @Sendable (DeviceProfile) -> Double
    }

    /// Who uses a field; the others read past it.
    package struct Users: OptionSet, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }
        package static let plan = Users(rawValue: 1), train = Users(rawValue: 2)
        package static let both: Users = [.plan, .train]
    }

    private var row: Row {
        switch self {
        case .id: .text("id", .both, "name of the device: a text, or a whole number; its position where missing")
        case .name: .text("name", .train, "name of the device, before id")
        case .profile: .text("profile", .both, "profile that fills in what is missing")
        case .samples: .text("samples", [], "images of the device; a run counts them itself")

        case .localIterations: .of(ComputeModel.iterationsRange, .plan, "local iterations a round")
        case .samplesPerIteration: .of(ComputeModel.samplesRange, .plan, "samples in one local iteration")
        case .cyclesPerSample: .of(ComputeModel.cyclesRange, .plan, "CPU cycles a sample")
        case .energyCoefficient:
            .of(ComputeModel.coefficientRange, .both, "tau: power at frequency f is tau f³") { $0.energyCoefficient }
        case .operatingPoints:
            .text(
                OperatingPoints.countRange.field, .both,
                "power table: rows of frequency_hz, power_w or voltage_v, cycles_scale; before tau")
        case .dynamicPowerCoefficient:
            .of(OperatingPoints.dynamicPowerCoefficientRange, .both, "power at a row's voltage_v: this times V² f")
        case .powerStatic:
            .of(ProcessorPower.constantRange, .both, "a of the power a + b f + tau f³ while computing")
        case .powerLinear: .of(ProcessorPower.linearRange, .both, "b of that power")
        case .frequencyMin:
            .of(ComputeModel.frequencyMinRange, .both, "lowest CPU frequency, at most the highest") { $0.frequencyMinHertz }
        case .frequencyMax: .of(ComputeModel.frequencyMaxRange, .both, "highest CPU frequency") { $0.frequencyMaxHertz }
        case .flopsPerCycle:
            .of(Processor.flopsPerCycleRange, .both, "operations that training does in a cycle") { $0.flopsPerCycle }
        case .bfloat16FLOPsPerCycle:
            .number(
                "flops_per_cycle_bfloat16", "", nil, Processor.flopsPerCycleRange.range, .train,
                "in bfloat16; flops_per_cycle where missing")

        case .circuitPower: .of(RadioModel.circuitRange, .both, "what the radio draws while it sends, besides its amplifier")
        case .amplifierEfficiency: .of(RadioModel.efficiencyRange, .both, "radiated power over what the amplifier draws")
        case .powerMin: .of(RadioModel.powerMinRange, .both, "lowest transmit power, at most the highest") { $0.powerMinWatts }
        case .powerMax: .of(RadioModel.powerMaxRange, .both, "highest transmit power") { $0.powerMaxWatts }
        case .bandwidth: .of(RadioModel.bandwidthRange, .both, "bandwidth of its channel")
        case .channelGain: .of(RadioModel.gainRange, .both, "channel power gain at one metre")
        case .distance: .of(RadioModel.distanceRange, .both, "distance to the server")
        case .pathLossExponent: .of(RadioModel.exponentRange, .both, "the gain falls with distance to this power")
        case .noise: .of(RadioModel.noiseRange, .both, "noise power density")
        case .idlePower:
            .number("idle_power_w", "W", 0, Self.powers, .both, "power while it waits, which all others are above") {
                $0.idlePowerWatts
            }
        case .idleCounts: .text("idle_counts", .both, "true: plans minimise what waiting draws, too")
        case .receiverPower:
            .of(Reception.powerRange, .both, "power that receiving takes") { $0.receiverPowerWatts }
        case .downlinkBits: .of(Reception.bitsRange, .plan, "bits that it receives first, in the time budget; 0 counts none")
        case .downlinkRate: .of(Reception.rateRange, .plan, "bits a second at which it receives them")

        case .parameterCount:
            .number("parameter_count", "", PaperDevice.parameterCount, 1...1e12, .plan, "parameters of the model that it sends")
        case .bitsPerParameter:
            .number("bits_per_parameter", "bit", PaperDevice.bitsPerParameter, 0...64, .plan, "bits that each takes, above 0")
        case .payloadBits: .of(DeviceEnergyProblem.payloadRange, .plan, "bits that it sends, in place of their product")
        case .timeBudget: .of(DeviceEnergyProblem.timeRange, .plan, "time for training and sending")

        case .demand: .number("demand", "", nil, nil, .train, "largest squared error, relative to what it sends")
        case .demandAbsolute: .number("demand_absolute", "", nil, nil, .train, "largest squared error; before demand")
        case .demandBytes: .number("demand_bytes", "byte", nil, nil, .train, "most bytes of a frame; before both errors")
        case .demandEnergy: .number("demand_energy_j", "J", nil, nil, .train, "most energy of a round; before all others")
        case .bitsMin: .number("bits_min", "bit", nil, Self.widths, .train, "fewest bits that it may send for a parameter")
        case .bitsMax: .number("bits_max", "bit", nil, Self.widths, .train, "most bits that it may send for a parameter")
        }
    }

    private static let powers = DeviceLimits.powers
    private static let widths = Double(DeviceLimits.bits.lowerBound)...Double(DeviceLimits.bits.upperBound)
}

extension DeviceField.Row {
    fileprivate static func text(_ name: String, _ users: DeviceField.Users, _ help: String) -> Self {
        number(name, "", nil, nil, users, help)
    }

    fileprivate static func number(
        _ name: String, _ unit: String, _ standard: Double?, _ limits: ClosedRange<Double>?, _ users: DeviceField.Users,
        _ help: String, inProfile: InProfile? = nil
    ) -> Self {
        Self(name: name, unit: unit, standard: standard, limits: limits, users: users, help: help, inProfile: inProfile)
    }

    /// A field that the models know.
    fileprivate static func of(
        _ range: PhysicalRange, _ users: DeviceField.Users, _ help: String, inProfile: InProfile? = nil
    ) -> Self {
        number(range.field, range.unit, range.standard, range.range, users, help, inProfile: inProfile)
    }
}

extension DeviceField {
    /// In the order of the cases.
    package static let rows = allCases.map(\.row)
    /// Defaults of missing numbers, in the order of the cases; 0 where there is none.
    static let standards = rows.map { $0.standard ?? 0 }
    private static let spellings = rows.map { Array($0.name.utf8) }

    /// As files spell it.
    package var name: String { Self.rows[rawValue].name }

    /// Whether it is a name, not a number.
    var isText: Bool { self == .id || self == .name || self == .profile }

    /// Names that files may use as well.
    package static let otherNames: [String: DeviceField] = ["power_idle_w": .idlePower, "tau": .energyCoefficient]

    /// The field of that name.
    init?(named name: String) {
        if let field = Self.otherNames[name] {
            self = field
            return
        }
        guard let index = Self.rows.firstIndex(where: { $0.name == name }) else { return nil }
        self.init(rawValue: index)
    }

    /// The field that the bytes spell.
    init?(spelled bytes: Span<UInt8>) {
        for (position, spelling) in Self.spellings.enumerated() where spelling.count == bytes.count {
            var index = 0
            while index < bytes.count, spelling[index] == bytes[index] { index += 1 }
            if index == bytes.count {
                self.init(rawValue: position)
                return
            }
        }
        return nil
    }

    /// The name that `name` most resembles, where it resembles one: a third of its letters may differ, or two.
    static func nearest(to name: String) -> String? {
        let candidates = rows.map { (name: $0.name, distance: editDistance($0.name, name)) }
        guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(2, name.count / 3) ? best.name : nil
    }

    /// The names, for those that resemble none; what most devices leave to their profile is in the documentation, or the line would be too
    /// long to read.
    static let list: String = {
        let ofProfiles = DeviceField.downlinkBits.rawValue...DeviceField.idleCounts.rawValue
        let names = allCases.filter { !ofProfiles.contains($0.rawValue) }.map { rows[$0.rawValue].name }
        return
            "the fields are \(names.joined(separator: ", ")); docs/devices.md has those of power tables, radios and the downlink"
    }()

    /// The paper's device as far as a plan uses it, without what it does not have: `distance_m 45, ...`.
    package static var paperDevice: String {
        rows.filter { $0.users.contains(.plan) }
            .compactMap { row in
                row.standard.flatMap { $0 == 0 || row.name == Self.amplifierEfficiency.name ? nil : "\(row.name) \(text($0))" }
            }
            .joined(separator: ", ")
    }

    /// A number as people write it: `3.25e6`.
    package static func text(_ number: Double) -> String {
        String(format: "%g", number).replacing("e+0", with: "e").replacing("e+", with: "e").replacing("e-0", with: "e-")
    }
}
