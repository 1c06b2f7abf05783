import Datasets
import DevicePlanning
import FedRuntime
import Logging
import Storage

extension DeviceSource {
    /// How many devices there are.
    ///
    /// - Throws: `FileError` for a device file that cannot be used.
    package func count() throws(FileError) -> Int {
        switch self {
        case .generated(let count): count
        case .automatic: RunConfiguration.standardDeviceCount
        case .file(let path): try DeviceReader.count(path: path)
        }
    }

    /// The devices with their data set sizes, behind what shadows them. What is odd about a file's power tables is logged as a warning.
    ///
    /// - Throws: `FileError` for a device file, `DeviceError` for devices that cannot be used.
    package func devices(samples: [Int], configuration: RunConfiguration) throws -> [FederatedDevice] {
        let devices = try unshadowedDevices(samples: samples, configuration: configuration)
            .map { try $0.drawing(idlePowerWatts: configuration.idlePower, receiverPowerWatts: configuration.receiverPower) }
        guard configuration.shadowing > 0 else { return devices }
        let shadowing = Shadowing(seed: configuration.seed, sigmaDecibels: configuration.shadowing)
        return try devices.map { try $0.shadowed(byDecibels: shadowing.decibels(device: $0.id)) }
    }

    private func unshadowedDevices(samples: [Int], configuration: RunConfiguration) throws -> [FederatedDevice] {
        switch self {
        case .file(let path):
            let logger = Logger(label: "devices")
            return try DeviceReader.federatedDevices(
                path: path, samples: samples, demand: configuration.generatedDemand, bits: configuration.acceptedBits,
                energyModel: configuration.energyModel ?? .table,
                flopsPerCycle: configuration.precision == .bfloat16 ? .bfloat16FLOPsPerCycle : .flopsPerCycle,
                report: { logger.warning("\($0)") })
        case .generated, .automatic:
            var generator = DeviceGenerator()
            generator.demand = configuration.generatedDemand
            generator.acceptedBits = configuration.acceptedBits
            generator.distanceMetres = configuration.distance
            generator.energyModel = configuration.energyModel ?? .table
            if configuration.workload == .paper { generator.profiles = [.paper] }
            if let names = configuration.profiles {
                generator.profiles = try names.map { name throws(DeviceError) in try DeviceProfile.named(name) }
            }
            return try generator.devices(samples: samples, seed: configuration.seed)
        }
    }
}

extension RunConfiguration {
    /// How many devices there are.
    ///
    /// - Throws: as `deviceFolders`.
    package func deviceCount() throws -> Int { try deviceFolders()?.count ?? devices.count() }

    /// What to say of a run in bfloat16 where it is not known how fast some devices compute in it; else nil.
    ///
    /// - Throws: `FileError` for a device file that cannot be used.
    func unknownSpeeds(deviceCount: Int) throws(FileError) -> String? {
        guard precision == .bfloat16 else { return nil }
        let field = DeviceField.bfloat16FLOPsPerCycle
        let unknown =
            if case .file(let path) = devices { try DeviceReader.count(without: field, path: path) } else { deviceCount }
        return unknown == 0
            ? nil
            : "\(field.name) is not known of \(unknown) of \(deviceCount) devices: they are planned with flops_per_cycle, "
                + "that of float32"
    }

    /// The devices with their data set sizes, named after their folders where they have some.
    ///
    /// - Parameter samples: as many as `deviceCount`.
    /// - Throws: as `deviceFolders`, and `DeviceError` for devices that cannot be used.
    package func federatedDevices(samples: [Int]) throws -> [FederatedDevice] {
        let unnamed = try devices.devices(samples: samples, configuration: self)
        guard let folders = try deviceFolders() else { return unnamed }
        return zip(unnamed, folders).map { $0.named($1) }
    }

    /// With partition `folders`, the folders that are devices, in the devices' order: that of the device file where its devices have names,
    /// else that of the folders' names. nil with other partitions.
    ///
    /// - Throws: `ConfigurationError` where there are not as many devices as folders, or other names; `DatasetError` or `FileError` for what
    ///   cannot be read.
    package func deviceFolders() throws -> [String]? {
        guard partition == .folders, case .folder(let directory) = data else { return nil }
        let folders = try ImageFolder.deviceFolders(in: directory)
        func refusal(_ problem: String, wayOut: String) -> ConfigurationError {
            ConfigurationError(Setting.devices.name, text(of: .devices) ?? "", problem, wayOut: wayOut)
        }
        switch devices {
        case .automatic: return folders
        case .generated(let count):
            guard count == folders.count else {
                throw refusal(
                    "is not the number of folders in \(directory), \(folders.count), each of which is a device",
                    wayOut: "leave devices out, or use another partition")
            }
            return folders
        case .file(let path):
            let names = try DeviceReader.names(path: path)
            guard names.count == folders.count else {
                throw refusal(
                    "has \(names.count) devices, but \(directory) has \(folders.count) folders, each of which is a device",
                    wayOut: "describe one device for each folder, or leave devices out")
            }
            guard names.contains(where: { $0 != nil }) else { return folders }
            for name in names where !folders.contains(where: { $0 == name }) {
                throw refusal(
                    "has a device \(name.map { "\"\($0)\"" } ?? "without a name"), which no folder in \(directory) is called",
                    wayOut: "name the devices, by id, like the folders: \(folders.prefix(5).joined(separator: ", "))"
                        + (folders.count > 5 ? ", ..." : ""))
            }
            guard Set(names).count == names.count else {
                throw refusal("has two devices of one name", wayOut: "give each the name of its own folder, by id")
            }
            return names.compactMap { $0 }
        }
    }
}
