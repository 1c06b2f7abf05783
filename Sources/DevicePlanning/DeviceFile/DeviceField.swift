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
    case profile, name, flopsPerCycle, idlePower, receiverPower
    case demand, demandAbsolute, demandBytes, demandEnergy, bitsMin, bitsMax, samples

    /// What a field is, and what stands for it where it is missing.
    package struct Row: Sendable {
        /// As files spell it.
        package let name: String
        /// Empty for plain numbers and texts.
        package var unit = ""
        /// What a device has that does not say; nil where the run decides, or another field.
        package var standard: Double?
        /// The accepted values; nil for texts.
        package var limits: ClosedRange<Double>?
        package let users: Users
        /// One line of help.
        package let help: String
        /// Where a device's profile says it.
        var inProfile: InProfile?

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
        case .id: Row(name: "id", users: .both, help: "name of the device: a text, or a whole number; its position where missing")
        case .name: Row(name: "name", users: .train, help: "name of the device, before id")
        case .profile: Row(name: "profile", users: .both, help: "profile that fills in what is missing")
        case .samples: Row(name: "samples", users: [], help: "images of the device; a run counts them itself")

        case .localIterations:
            .of(ComputeModel.iterationsRange, Double(PaperDevice.localIterations), .plan, "local iterations a round")
        case .samplesPerIteration:
            .of(ComputeModel.samplesRange, Double(PaperDevice.samplesPerIteration), .plan, "samples in one local iteration")
        case .cyclesPerSample: .of(ComputeModel.cyclesRange, PaperDevice.cyclesPerSample, .plan, "CPU cycles a sample")
        case .energyCoefficient:
            .of(ComputeModel.coefficientRange, PaperDevice.energyCoefficient, .both, "tau: power at frequency f is tau f³") {
                $0.energyCoefficient
            }
        case .frequencyMin:
            .of(ComputeModel.frequencyMinRange, PaperDevice.frequencyMinHertz, .both, "lowest CPU frequency, at most the highest")
            { $0.frequencyMinHertz }
        case .frequencyMax:
            .of(ComputeModel.frequencyMaxRange, PaperDevice.frequencyMaxHertz, .both, "highest CPU frequency") {
                $0.frequencyMaxHertz
            }
        case .flopsPerCycle:
            .of(
                Processor.flopsPerCycleRange, DeviceProfile.paper.flopsPerCycle, .train,
                "operations that training does in a cycle"
            ) { $0.flopsPerCycle }

        case .powerMin:
            .of(RadioModel.powerMinRange, PaperDevice.powerMinWatts, .both, "lowest transmit power, at most the highest") {
                $0.powerMinWatts
            }
        case .powerMax:
            .of(RadioModel.powerMaxRange, PaperDevice.powerMaxWatts, .both, "highest transmit power") { $0.powerMaxWatts }
        case .bandwidth: .of(RadioModel.bandwidthRange, PaperDevice.bandwidthHertz, .both, "bandwidth of its channel")
        case .channelGain: .of(RadioModel.gainRange, PaperDevice.channelGain, .both, "channel power gain at one metre")
        case .distance: .of(RadioModel.distanceRange, PaperDevice.distanceMetres, .both, "distance to the server")
        case .pathLossExponent:
            .of(RadioModel.exponentRange, PaperDevice.pathLossExponent, .both, "the gain falls with distance to this power")
        case .noise: .of(RadioModel.noiseRange, PaperDevice.noiseDBmPerMegahertz, .both, "noise power density")
        case .idlePower: .power("idle_power_w", "power while it waits") { $0.idlePowerWatts }
        case .receiverPower: .power("receiver_power_w", "power that receiving takes") { $0.receiverPowerWatts }

        case .parameterCount:
            Row(
                name: "parameter_count", standard: PaperDevice.parameterCount, limits: 1...1e12, users: .plan,
                help: "parameters of the model that it sends")
        case .bitsPerParameter:
            Row(
                name: "bits_per_parameter", unit: "bit", standard: PaperDevice.bitsPerParameter, limits: 0...64, users: .plan,
                help: "bits that it sends for each, above 0")
        case .payloadBits: .of(DeviceEnergyProblem.payloadRange, nil, .plan, "bits that it sends, in place of their product")
        case .timeBudget:
            .of(DeviceEnergyProblem.timeRange, PaperDevice.timeBudgetSeconds, .plan, "time for training and sending")

        case .demand: .demand("demand", "", "largest squared error, relative to what it sends")
        case .demandAbsolute: .demand("demand_absolute", "", "largest squared error; before demand")
        case .demandBytes: .demand("demand_bytes", "byte", "most bytes of a frame; before both errors")
        case .demandEnergy: .demand("demand_energy_j", "J", "most energy of a round; before all others")
        case .bitsMin: .bits("bits_min", "fewest bits that it may send for a parameter")
        case .bitsMax: .bits("bits_max", "most bits that it may send for a parameter")
        }
    }
}

extension DeviceField.Row {
    /// A field whose name, unit and limits the models know.
    fileprivate static func of(
        _ range: PhysicalRange, _ standard: Double?, _ users: DeviceField.Users, _ help: String, inProfile: InProfile? = nil
    ) -> Self {
        Self(
            name: range.field, unit: range.unit, standard: standard, limits: range.range, users: users, help: help,
            inProfile: inProfile)
    }

    fileprivate static func power(_ name: String, _ help: String, inProfile: @escaping InProfile) -> Self {
        Self(
            name: name, unit: "W", standard: 0, limits: FederatedDevice.powerLimits, users: .train, help: help,
            inProfile: inProfile)
    }

    fileprivate static func demand(_ name: String, _ unit: String, _ help: String) -> Self {
        Self(name: name, unit: unit, users: .train, help: help)
    }

    fileprivate static func bits(_ name: String, _ help: String) -> Self {
        let limits = FederatedDevice.bitsLimits
        return Self(
            name: name, unit: "bit", limits: Double(limits.lowerBound)...Double(limits.upperBound), users: .train, help: help)
    }
}

extension DeviceField {
    /// In the order of the cases.
    package static let rows = allCases.map(\.row)
    /// What stands for missing numbers, in the order of the cases; 0 where nothing does.
    static let standards = rows.map { $0.standard ?? 0 }
    private static let spellings = rows.map { Array($0.name.utf8) }

    /// As files spell it.
    package var name: String { Self.rows[rawValue].name }

    /// The field of that name.
    init?(named name: String) {
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

    /// What to say about a name that is no field.
    static func unknown(_ name: String) -> String {
        let names = rows.map(\.name)
        let nearest = names.min { editDistance($0, name) < editDistance($1, name) } ?? ""
        return "is not a field of a device; did you mean \(nearest)? The fields are \(names.joined(separator: ", "))"
    }

    /// The paper's device as far as a plan uses it: `distance_m 45, ...`.
    package static var paperDevice: String {
        rows.filter { $0.users.contains(.plan) }
            .compactMap { row in row.standard.map { "\(row.name) \(text($0))" } }
            .joined(separator: ", ")
    }

    /// A number as people write it: `3.25e6`.
    package static func text(_ number: Double) -> String {
        String(format: "%g", number).replacing("e+0", with: "e").replacing("e+", with: "e").replacing("e-0", with: "e-")
    }
}
