import Codec
import Energy
import FedRuntime
import Foundation
import Storage

/// The devices that a JSON file describes: an array of objects with the field names of `greendiff plan`.
///
/// Missing fields take the values of the device's `profile` where it names one, else the paper's and `flops_per_cycle` 32, and the
/// run's demand and bits. What the run itself decides
/// (iterations, samples, cycles, payload, time budget) may stand in the file, for `plan`, and is not used.
package struct FederatedDeviceFile {
    package let path: String
    /// One device an entry, in the file's order.
    package let count: Int
    private let entries: [[String: JSONValue]]

    private static let numbers: Set<String> = [
        "frequency_min_hz", "frequency_max_hz", "energy_coefficient", "flops_per_cycle", "power_min_w", "power_max_w",
        "bandwidth_hz", "channel_gain", "distance_m", "path_loss_exponent", "noise_dbm_per_mhz", "demand", "demand_absolute",
        "demand_bytes", "demand_energy_j", "bits_min", "bits_max", "idle_power_w", "receiver_power_w",
    ]
    /// Later ones go before earlier ones, where a device has several.
    private static let demands: KeyValuePairs<String, @Sendable (Double) -> DeviceDemand> = [
        "demand": { .relative($0) }, "demand_absolute": { .absolute($0) },
        "demand_bytes": { .bytes(Int(exactly: $0.rounded(.down)) ?? 0) },
        "demand_energy_j": { .energy(joules: $0) },
    ]
    private static let labels: Set<String> = ["id", "name", "profile"]
    private static let decidedByRun: Set<String> = [
        "local_iterations", "samples_per_iteration", "cycles_per_sample", "parameter_count", "bits_per_parameter", "payload_bits",
        "time_budget_s", "samples",
    ]

    /// - Throws: `FileError` for a file that cannot be read, is no array of objects, or has an unknown field.
    package init(path: String) throws(FileError) {
        guard let contents = FileManager.default.contents(atPath: path) else {
            throw FileManager.default.fileExists(atPath: path)
                ? .unreadable(path: path, reason: FileError.systemReason()) : .missing(path: path)
        }
        guard case .array(let values)? = JSONValue(parsing: Array(contents)), !values.isEmpty else {
            throw .invalid(path: path, reason: "it is not a JSON array of at least one device; write [{\"distance_m\": 45}, ...]")
        }
        var entries: [[String: JSONValue]] = []
        for (index, value) in values.enumerated() {
            guard case .object(let fields) = value else {
                throw .invalid(path: path, reason: "device \(index) is not an object; write {\"distance_m\": 45}")
            }
            let known = Self.numbers.union(Self.labels).union(Self.decidedByRun)
            if let unknown = fields.keys.sorted().first(where: { !known.contains($0) }) {
                throw .invalid(
                    path: path,
                    reason: "device \(index) has the unknown field \(unknown); known: \(known.sorted().joined(separator: ", "))")
            }
            entries.append(fields)
        }
        (self.path, self.entries, count) = (path, entries, entries.count)
    }

    /// The devices with their data set sizes.
    ///
    /// - Throws: `FileError.invalid` that names the device and the field outside its range.
    package func devices(samples: [Int], demand: GeneratedDemand, bits: ClosedRange<Int>) throws(FileError)
        -> [FederatedDevice]
    {
        precondition(samples.count == count, "\(samples.count) data sets for \(count) devices")
        var devices: [FederatedDevice] = []
        for (index, fields) in entries.enumerated() {
            devices.append(try device(index, fields, samples: samples[index], demand: demand, bits: bits))
        }
        return devices
    }

    private func device(
        _ index: Int, _ fields: [String: JSONValue], samples: Int, demand: GeneratedDemand, bits: ClosedRange<Int>
    ) throws(FileError) -> FederatedDevice {
        let profile = try profileFields(index, fields)
        func number(_ name: String, _ missing: Double) throws(FileError) -> Double {
            guard let value = fields[name] else { return profile[name] ?? missing }
            guard let number = value.asDouble else {
                throw .invalid(path: path, reason: "device \(index): \(name) = \(value) is not a number")
            }
            return number
        }
        var demand = demand.mildest
        for (name, make) in Self.demands where fields[name] != nil { demand = make(try number(name, 0)) }
        let lowest = try number("bits_min", Double(bits.lowerBound))
        let highest = try number("bits_max", Double(bits.upperBound))
        guard let accepted = Self.range(lowest, highest) else {
            throw .invalid(
                path: path, reason: "device \(index): bits_min \(lowest) to bits_max \(highest) is no range of widths in 2...8")
        }
        let processor = (
            try number("frequency_min_hz", 1e7), try number("frequency_max_hz", 1e9), try number("energy_coefficient", 1e-26),
            try number("flops_per_cycle", 32)
        )
        let channel = (
            try number("bandwidth_hz", 50e6), try number("channel_gain", 1e-3), try number("distance_m", 45),
            try number("path_loss_exponent", 3.76), try number("noise_dbm_per_mhz", -95)
        )
        let power = (try number("power_min_w", 1e-4), try number("power_max_w", 1))
        let other = (try number("idle_power_w", 0), try number("receiver_power_w", 0))
        do {
            return try FederatedDevice(
                id: index, profile: label(fields), samples: samples,
                processor: Processor(
                    frequencyMinHertz: processor.0, frequencyMaxHertz: processor.1, energyCoefficient: processor.2,
                    flopsPerCycle: processor.3),
                radio: RadioModel(
                    bandwidthHertz: channel.0, channelGain: channel.1, distanceMetres: channel.2, pathLossExponent: channel.3,
                    noiseDBmPerMegahertz: channel.4, powerMinWatts: power.0, powerMaxWatts: power.1),
                demand: demand, acceptedBits: accepted, idlePowerWatts: other.0, receiverPowerWatts: other.1)
        } catch {
            throw .invalid(path: path, reason: "device \(index): \(error)")
        }
    }

    /// What the device's profile says; empty where it names none.
    ///
    /// A misspelt name would silently become the paper's device.
    private func profileFields(_ index: Int, _ fields: [String: JSONValue]) throws(FileError) -> [String: Double] {
        guard let value = fields["profile"] else { return [:] }
        guard case .string(let name) = value else {
            throw .invalid(path: path, reason: "device \(index): profile = \(value) is not a text")
        }
        do throws(DeviceError) { return try DeviceProfile.named(name).deviceFields } catch {
            throw .invalid(path: path, reason: "device \(index): \(error), or name for a label of your own")
        }
    }

    private func label(_ fields: [String: JSONValue]) -> String {
        for name in ["profile", "name", "id"] {
            if case .string(let text)? = fields[name] { return text }
        }
        return "file"
    }

    private static func range(_ lowest: Double, _ highest: Double) -> ClosedRange<Int>? {
        guard let low = Int(exactly: lowest), let high = Int(exactly: highest), low <= high, low >= 2, high <= 8 else {
            return nil
        }
        return low...high
    }
}

extension GeneratedDemand {
    /// What a device demands that says nothing: the largest error.
    fileprivate var mildest: DeviceDemand {
        switch self {
        case .relativeError(let range): .relative(range.upperBound)
        case .same(let demand): demand
        }
    }
}
