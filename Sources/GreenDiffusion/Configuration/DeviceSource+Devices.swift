import DevicePlanning
import FedRuntime
import Storage

extension DeviceSource {
    /// How many devices there are.
    ///
    /// - Throws: `FileError` for a device file that cannot be used.
    package func count() throws(FileError) -> Int {
        switch self {
        case .generated(let count): count
        case .file(let path): try DeviceReader.count(path: path)
        }
    }

    /// The devices with their data set sizes, behind what shadows them.
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
            return try DeviceReader.federatedDevices(
                path: path, samples: samples, demand: configuration.generatedDemand, bits: configuration.acceptedBits)
        case .generated:
            var generator = DeviceGenerator()
            generator.demand = configuration.generatedDemand
            generator.acceptedBits = configuration.acceptedBits
            generator.distanceMetres = configuration.distance
            if configuration.workload == .paper { generator.profiles = [.paper] }
            if let names = configuration.profiles {
                generator.profiles = try names.map { name throws(DeviceError) in try DeviceProfile.named(name) }
            }
            return try generator.devices(samples: samples, seed: configuration.seed)
        }
    }
}
