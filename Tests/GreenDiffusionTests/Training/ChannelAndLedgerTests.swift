import DevicePlanning
import FedRuntime
import Foundation
import GreenDiffusion
import Model
import Records
import RunTestSupport
import Storage
import TestSupport
import Testing

/// Channels, device classes and the energy ledger in whole runs.
@Suite struct ChannelAndLedgerTests {
    private let folder = TemporaryFolder()

    @Test func theWrittenLedgerReconcilesToTheLastBit() throws {
        let run = try TinyRun.train(
            [.profiles: "raspberry-pi-4,raspberry-pi-5", .gridIntensity: "481", .sampleEvery: "0"], at: folder.path("run"))
        let rounds = try lines(run.files.path, "rounds.jsonl")
        let devices = try lines(run.files.path, "devices.jsonl")
        let fields = [
            "energy_compute_j", "energy_communication_j", "energy_total_j", "energy_download_j", "energy_idle_j",
            "energy_system_j", "co2_g",
        ]
        var totals: [String: Double] = [:]
        for round in rounds {
            let part = devices.filter { $0["round"] == round["round"] }
            #expect(part.count == 3)
            for field in fields {
                let sum = part.reduce(0) { $0 + ($1[field] ?? 0) }
                #expect(round[field] == sum, "\(field)")
                totals[field, default: 0] += sum
            }
            for device in part {
                let parts = ["energy_total_j", "energy_download_j", "energy_idle_j"].reduce(0) { $0 + (device[$1] ?? 0) }
                #expect(device["energy_system_j"] == parts)
            }
        }
        let summary = try numbers(Data(contentsOf: URL(fileURLWithPath: run.files.summaryPath)))
        for field in fields { #expect(summary[field] == totals[field], "\(field)") }
        #expect(fields.filter { totals[$0] == 0 }.allSatisfy { $0 == "energy_idle_j" })
        let emissions = try String(contentsOfFile: run.files.emissionsPath, encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        #expect(emissions.map(\.count) == [31, 31] && emissions[0][0] == "timestamp" && emissions[0][30] == "pue")
        let cells = Dictionary(uniqueKeysWithValues: zip(emissions[0], emissions[1]))
        func cell(_ name: String) -> Double { cells[name].flatMap(Double.init) ?? .nan }
        #expect(abs(cell("energy_consumed") * 3.6e6 / (totals["energy_system_j"] ?? 0) - 1) < 1e-12)
        #expect(abs(cell("emissions") * 1000 / (totals["co2_g"] ?? 0) - 1) < 1e-12 && cells["tracking_mode"] == "modelled")
        let page = try String(contentsOfFile: run.files.reportPath, encoding: .utf8)
        #expect(page.contains("With downlink and idle") && page.contains("CO2 a round"))
    }

    /// The numbers of each line of a file in the run directory.
    private func lines(_ path: String, _ name: String) throws -> [[String: Double]] {
        try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8).split(separator: "\n").map { try numbers(Data($0.utf8)) }
    }

    private func numbers(_ object: Data) throws -> [String: Double] {
        try JSONDecoder().decode([String: JSONValue].self, from: object).compactMapValues(\.asDouble)
    }

    @Test func aTraceDecidesTheRoundsChannelsAndResumes() throws {
        let trace = folder.path("trace.csv")
        try "round,device,gain\n1,0,1\n1,1,1\n1,2,1\n2,0,1\n2,1,1e-12\n2,2,2\n".write(
            toFile: trace, atomically: true, encoding: .utf8)
        let settings: [Setting: String] = [.fading: "trace:\(trace)", .rounds: "4", .shadowing: "3", .distance: "20:40"]
        let run = try TinyRun.train(settings, at: folder.path("whole"))
        let devices = try run.files.devicesFile.read(DeviceRecord.self)
        #expect(devices.map(\.fading) == [1, 1, 1, 1, 1e-12, 2, 1, 1, 1, 1, 1e-12, 2])
        #expect(devices.filter { $0.outageAction == .skipped }.map(\.device) == [1, 1])
        #expect(devices.allSatisfy { ($0.status == .infeasible) == ($0.outageAction == .skipped) })
        #expect(devices.allSatisfy { (20...40).contains($0.distanceMetres ?? 0) && $0.shadowingDecibels != nil })
        #expect(Set(devices.map(\.shadowingDecibels)).count == 3, "one number a device for the whole run")
        try TinyRun.train(settings.merging([.rounds: "2"]) { $1 }, at: folder.path("parts"))
        let resumed = try FederatedRun.resume(folder.path("parts"), changing: [(.rounds, "4")])
        try resumed.train { _ in }
        #expect(try TinyRun.weights(folder.path("whole"), round: 4) == TinyRun.weights(folder.path("parts"), round: 4))
        #expect(try resumed.files.devicesFile.read(DeviceRecord.self) == devices)
    }

    @Test func aRunOfAnEarlierVersionGoesOn() throws {
        let added: Set<Setting> = [
            .profiles, .distance, .allowLonger, .fading, .shadowing, .downlinkRate, .receiverPower, .idlePower, .gridIntensity,
            .compareSchemes,
        ]
        let files = RunFiles(path: folder.path("run"))
        try TinyRun.train([.rounds: "1"], at: files.path)
        try TinyRun.train([.rounds: "2"], at: folder.path("whole"))
        let yaml = try String(contentsOfFile: files.configurationPath, encoding: .utf8)
        let old = yaml.split(separator: "\n").filter { line in !added.contains { line.hasPrefix("\($0.name):") } }
        #expect(old.count < yaml.split(separator: "\n").count)
        try old.joined(separator: "\n").write(toFile: files.configurationPath, atomically: true, encoding: .utf8)
        // Lines of earlier versions have no ledger.
        let path = "\(files.path)/rounds.jsonl"
        let line = try String(contentsOfFile: path, encoding: .utf8)
        try line.replacingOccurrences(of: #""energy_system_j":[^,}]*,"#, with: "", options: .regularExpression)
            .write(toFile: path, atomically: true, encoding: .utf8)
        // Nor had its checkpoints a manifest and the settings.
        for name in ["manifest.json", "settings.yaml"] {
            try FileManager.default.removeItem(atPath: "\(files.checkpointPath(1))/\(name)")
        }
        let resumed = try FederatedRun.resume(files.path, changing: [(.rounds, "2")])
        #expect(resumed.notices.count == 1 && resumed.notices[0].contains("earlier version"))
        try resumed.train { _ in }
        #expect(try TinyRun.weights(files.path, round: 2) == TinyRun.weights(folder.path("whole"), round: 2))
        let saved = try String(contentsOfFile: files.configurationPath, encoding: .utf8)
        #expect(saved.contains("fading: rayleigh"), "config.yaml is complete again")
    }

    @Test func aFilesProfileFillsInWhatItLeavesOut() throws {
        try #"[{"profile": "raspberry-pi-4", "power_max_w": 0.05, "distance_m": 20}]"#.write(
            toFile: folder.path("devices.json"), atomically: true, encoding: .utf8)
        let device = try DeviceReader.federatedDevices(
            path: folder.path("devices.json"), samples: [3], demand: .relativeError(1e-4...1e-3), bits: 6...8)[0]
        #expect(device.profile == "raspberry-pi-4" && device.processor.frequencyMaxHertz == 1.5e9)
        #expect(device.radio.powerMaxWatts == 0.05 && device.radio.powerMinWatts == 1e-6 && device.idlePowerWatts == 0.6 * 5.1)
    }

    @Test(arguments: [
        (Setting.fading, "rician", "is not rayleigh, none or trace:FILE"), (.fading, "trace:", "is not rayleigh"),
        (.shadowing, "-1", "from 0.0 to 40.0"), (.distance, "50:20", "runs backwards"), (.distance, "0", "from 0.001"),
        (.profiles, "raspberry-pi-4,toaster", "\"toaster\""), (.allowLonger, "-1", "from 0.0"), (.downlinkRate, "0", "above 0.0"),
        (.gridIntensity, "coal", "is not a number"),
    ])
    func valuesThatCannotBeAreNamed(_ setting: Setting, _ text: String, _ part: String) {
        var configuration = RunConfiguration()
        let error = #expect(throws: ConfigurationError.self) { try configuration.set(setting, to: text) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(part), "\(String(describing: error))")
    }

    @Test func settingsOfGeneratedDevicesDoNotGoWithAFile() throws {
        for (setting, text) in [(Setting.profiles, "phone"), (.distance, "10:20")] {
            let configuration = try TinyRun.configuration([.devices: "devices.json", setting: text])
            let error = #expect(throws: ConfigurationError.self) { try configuration.resolved() }
            #expect(error?.setting == setting.name)
        }
        let paper = try TinyRun.configuration([.workload: "paper", .profiles: "phone"])
        #expect(throws: ConfigurationError.self) { try paper.resolved() }
    }
}
