import Energy
import FedRuntime
import Storage

extension DeviceReader {
    /// The devices of a run that the file at `path` describes, with the sizes of their data sets. What the run itself decides (iterations,
    /// samples, payload, time budget) may stand in the file, for `plan`, and is not used.
    ///
    /// - Parameters:
    ///   - samples: as many as `count(path:)`.
    ///   - demand: of devices that say nothing: its largest error.
    ///   - bits: that devices accept which say nothing.
    ///   - energyModel: the form of their processors' power, where they have it.
    ///   - flopsPerCycle: the field that says how much they compute in a cycle; of a device without it `flopsPerCycle` does.
    ///   - report: takes a line about each device whose power table is odd, at most `OddTables.mostShown`, and one about the others.
    /// - Throws: `FileError` with the line, device, field and limit of the first thing that cannot be used.
    package static func federatedDevices(
        path: String, samples: [Int], demand: GeneratedDemand, bits: ClosedRange<Int>, energyModel: EnergyModel = .table,
        flopsPerCycle: DeviceField = .flopsPerCycle, report: @escaping (String) -> Void = { _ in }
    ) throws(FileError) -> [FederatedDevice] {
        try all(path: path, energyModel: energyModel, report: report) { (fields, index) throws(DeviceFields.Fault) in
            precondition(index < samples.count, "\(samples.count) data sets for more devices")
            return try fields.federatedDevice(
                index: index, samples: samples[index], demand: demand.mildest, bits: bits, flopsPerCycle: flopsPerCycle)
        }
    }

    /// How many devices the file at `path` describes; checks its form and its field names.
    package static func count(path: String) throws(FileError) -> Int {
        try all(path: path) { (_, _) throws(DeviceFields.Fault) in }.count
    }

    /// How many devices of the file at `path` do not have the field.
    package static func count(without field: DeviceField, path: String) throws(FileError) -> Int {
        try all(path: path) { (fields, _) throws(DeviceFields.Fault) in fields[field] == nil }.count { $0 }
    }

    /// What the devices of the file at `path` call themselves; nil for one that says nothing.
    package static func names(path: String) throws(FileError) -> [String?] {
        try all(path: path) { (fields, _) throws(DeviceFields.Fault) in fields.name }
    }

    private static func all<Device>(
        path: String, energyModel: EnergyModel = .table, report: ((String) -> Void)? = nil,
        _ make: (DeviceFields, Int) throws(DeviceFields.Fault) -> Device
    ) throws(FileError) -> [Device] {
        guard path != ByteSource.standardInput else {
            throw .invalid(path: "standard input", reason: "a run reads its devices again when it resumes; write them to a file")
        }
        var reader = try DeviceReader(path: path, energyModel: energyModel)
        reader.oddTables = report.map { _ in OddTables() }
        var devices: [Device] = []
        while let device = try reader.next(make) {
            do throws(UnusableDevice) { devices.append(try device.get()) } catch {
                throw .invalid(path: path, reason: error.reason + (error.fault.needsFieldList ? "; \(DeviceField.list)" : ""))
            }
        }
        guard !devices.isEmpty else { throw reader.holdsNone }
        for line in reader.oddTables?.lines(path: path) ?? [] { report?(line) }
        return devices
    }
}

extension DeviceFields {
    fileprivate func federatedDevice(
        index: Int, samples: Int, demand: DeviceDemand, bits: ClosedRange<Int>, flopsPerCycle: DeviceField
    ) throws(Fault) -> FederatedDevice {
        try made {
            let (power, frequencyMin, frequencyMax) = try processorPower()
            return try FederatedDevice(
                id: index, profile: label, name: name, samples: samples,
                processor: Processor(
                    frequencyMinHertz: frequencyMin, frequencyMaxHertz: frequencyMax, power: power,
                    flopsPerCycle: number(self[flopsPerCycle] == nil ? .flopsPerCycle : flopsPerCycle)),
                radio: radio(), demand: self.demand(missing: demand), acceptedBits: acceptedBits(missing: bits),
                idlePowerWatts: number(.idlePower), receiverPowerWatts: number(.receiverPower),
                idleCounts: flag(.idleCounts))
        }
    }

    /// What the device is called: its `name`, or its `id` as text or number.
    fileprivate var name: String? {
        for field in [DeviceField.name, .id] {
            switch self[field] {
            case .text(let text): return text
            case .number(let number): return Int(exactly: number).map(String.init) ?? "\(number)"
            default: break
            }
        }
        return nil
    }

    /// What stands for its profile.
    private var label: String {
        for field in [DeviceField.profile, .name, .id] {
            if case .text(let text) = self[field] { return text }
        }
        return "file"
    }

    /// Where a device has several demands, later ones of this list go before earlier ones.
    private func demand(missing: DeviceDemand) throws(Fault) -> DeviceDemand {
        var demand = missing
        if self[.demand] != nil { demand = .relative(try number(.demand)) }
        if self[.demandAbsolute] != nil { demand = .absolute(try number(.demandAbsolute)) }
        if self[.demandBytes] != nil { demand = .bytes(Int(exactly: try number(.demandBytes).rounded(.down)) ?? 0) }
        if self[.demandEnergy] != nil { demand = .energy(joules: try number(.demandEnergy)) }
        return demand
    }

    private func acceptedBits(missing bits: ClosedRange<Int>) throws(Fault) -> ClosedRange<Int> {
        func bound(_ field: DeviceField, _ missing: Int) throws(Fault) -> Int {
            self[field] == nil ? missing : Int(try wholeNumber(field))
        }
        let (lowest, highest) = (try bound(.bitsMin, bits.lowerBound), try bound(.bitsMax, bits.upperBound))
        guard lowest <= highest else {
            throw Fault(.bitsMin, "\(lowest) is above bits_max \(highest); give both, the smaller one first")
        }
        return lowest...highest
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
