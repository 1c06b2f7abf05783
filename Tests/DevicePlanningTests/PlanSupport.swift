import DevicePlanning
import Energy
import Foundation
import TestSupport
import Testing

/// A device file and what planning it gives.
struct PlanFile {
    let folder: TemporaryFolder
    let path: String

    init(_ contents: String, name: String = "devices.json") throws {
        folder = TemporaryFolder()
        path = folder.path(name)
        try Data(contents.utf8).write(to: URL(fileURLWithPath: path))
    }

    /// All devices of the file, or the first one's error.
    func devices(format: DeviceFileFormat? = nil, energyModel: EnergyModel = .table) throws -> [PlannedDevice] {
        try records(format: format, energyModel: energyModel).map { try $0.get() }
    }

    func records(
        format: DeviceFileFormat? = nil, energyModel: EnergyModel = .table
    ) throws -> [Result<PlannedDevice, UnusableDevice>] {
        var reader = try DeviceReader(path: path, format: format, energyModel: energyModel)
        var records: [Result<PlannedDevice, UnusableDevice>] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }

    /// What `greendiff plan` writes, and the lines that it reports.
    func plan(_ change: (inout PlanJob.Options) -> Void = { _ in }) throws -> (text: String, reports: [String]) {
        var options = PlanJob.Options()
        change(&options)
        var bytes: [UInt8] = []
        var reports: [String] = []
        try PlanJob(path: path, options: options).run(write: { bytes += copy $0 }, report: { reports.append($0) })
        return (String(decoding: bytes, as: UTF8.self), reports)
    }

    /// The objects of a plan's JSON array.
    func objects(_ change: (inout PlanJob.Options) -> Void = { _ in }) throws -> [[String: Any]] {
        let text = try plan {
            $0.format = .json
            change(&$0)
        }.text
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }
}
