import FedRuntime

extension DeviceSource {
    /// How many devices there are.
    ///
    /// - Throws: `FileError` for a device file that cannot be used.
    func count() throws(FileError) -> Int {
        switch self {
        case .generated(let count): count
        case .file(let path): try FederatedDeviceFile(path: path).count
        }
    }

    /// The devices with their data set sizes.
    ///
    /// - Throws: `FileError` for a device file, `DeviceError` for generated devices that cannot be used.
    func devices(samples: [Int], configuration: RunConfiguration) throws -> [FederatedDevice] {
        switch self {
        case .file(let path):
            return try FederatedDeviceFile(path: path).devices(
                samples: samples, demand: configuration.generatedDemand, bits: configuration.acceptedBits)
        case .generated:
            var generator = DeviceGenerator()
            generator.demand = configuration.generatedDemand
            generator.acceptedBits = configuration.acceptedBits
            if configuration.workload == .paper { generator.profiles = [.paper] }
            return try generator.devices(samples: samples, seed: configuration.seed)
        }
    }
}
