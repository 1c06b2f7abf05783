import DevicePlanning
import Energy
import FedRuntime
import Foundation
import GreenDiffusion
import Records
import RunTestSupport
import Storage
import TestSupport
import Testing

/// Device files as `train` reads them.
@Suite struct FederatedDevicesTests {
    private let folder = TemporaryFolder()

    private func write(_ text: String, _ name: String = "devices.json") throws -> String {
        try text.write(toFile: folder.path(name), atomically: true, encoding: .utf8)
        return folder.path(name)
    }

    private func devices(
        _ text: String, _ name: String = "devices.json", demand: GeneratedDemand = .relativeError(1e-4...5e-4)
    ) throws -> [FederatedDevice] {
        let path = try write(text, name)
        let samples = (1...(try DeviceReader.count(path: path))).map { 10 * $0 }
        return try DeviceReader.federatedDevices(path: path, samples: samples, demand: demand, bits: 6...8)
    }

    @Test func fieldsBecomeDevicesAndMissingOnesThePapers() throws {
        let devices = try devices(
            #"""
            [{}, {"id": "far", "distance_m": 90, "frequency_max_hz": 2e9, "demand": 0.001, "bits_min": 4, "bits_max": 5,
              "time_budget_s": 15}]
            """#)
        #expect(devices.map(\.id) == [0, 1] && devices.map(\.samples) == [10, 20])
        #expect(devices[0].radio.distanceMetres == 45 && devices[0].processor.frequencyMaxHertz == 1e9)
        #expect(devices[0].acceptedBits == 6...8 && devices[0].demand == .relative(5e-4))
        #expect(devices[1].profile == "far" && devices[1].radio.distanceMetres == 90)
        #expect(devices[1].processor.frequencyMaxHertz == 2e9 && devices[1].acceptedBits == 4...5)
        #expect(devices[1].demand == .relative(0.001))
        let paper = DeviceProfile.paper
        #expect(devices[0].processor.flopsPerCycle == paper.flopsPerCycle)
        #expect(devices[0].processor.energyCoefficient == PaperDevice.energyCoefficient)
        #expect(try devices[0].radio == RadioModel())
    }

    /// Arrays, lines and cells say the same; what only `plan` uses is read past, whatever it holds.
    @Test func allFormatsReadTheSame() throws {
        let lines = [
            #"{"id": "a", "distance_m": 20, "idle_power_w": 2, "time_budget_s": "soon"}"#,
            #"{"id": "b", "distance_m": 30.5, "idle_power_w": 0.5, "time_budget_s": "late"}"#,
        ]
        let array = try devices("[" + lines.joined(separator: ",") + "]")
        #expect(array.map(\.profile) == ["a", "b"] && array.map(\.idlePowerWatts) == [2, 0.5])
        #expect(try devices(lines.joined(separator: "\n"), "devices.ndjson") == array)
        #expect(
            try devices("id,distance_m,idle_power_w,time_budget_s\na,20,2,soon\nb,30.5,0.5,late\n", "devices.csv") == array)
        // An array is one whatever its file is called.
        for name in ["devices", "devices.txt", "devices.csv", "devices.ndjson"] {
            #expect(try devices("[" + lines.joined(separator: ",") + "]", name) == array)
        }
    }

    @Test func theLastKindOfDemandCounts() throws {
        let devices = try devices(
            #"""
            [{"demand": 0.1}, {"demand": 0.1, "demand_absolute": 2}, {"demand_absolute": 2, "demand_bytes": 10.5},
             {"demand_energy_j": 3, "demand_bytes": 10}, {}]
            """#, demand: .same(.bytes(7)))
        #expect(devices.map(\.demand) == [.relative(0.1), .absolute(2), .bytes(10), .energy(joules: 3), .bytes(7)])
    }

    @Test(arguments: [
        ("{}", "must be a JSON array"), ("[]", "no device"), ("[1]", "must be a JSON array"), ("[", "it ends"),
        (#"[{}, {"distnce_m": 4}]"#, "line 1, device 1: distnce_m is not a field of a device; did you mean distance_m?"),
    ])
    func filesOfAnotherFormAreRefused(_ text: String, _ part: String) throws {
        let path = try write(text)
        let error = #expect(throws: FileError.self) { try DeviceReader.count(path: path) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(part), "\("\(error.map { "\($0)" } ?? "")")")
    }

    @Test(arguments: [
        (#"[{"distance_m": -5}]"#, "distance_m -5.0 m is outside"), (#"[{"distance_m": "near"}]"#, "is the text"),
        (#"[{"frequency_min_hz": 5e9}]"#, "frequency_min_hz"), (#"[{"bits_min": 9}]"#, "2...8"),
        (#"[{"bits_min": 6.5}]"#, "2...8"), (#"[{"bits_min": 8, "bits_max": 7}]"#, "bits_max"),
        (#"[{"demand": 0}]"#, "demand"), (#"[{"power_max_w": 0}]"#, "power"), (#"[{"flops_per_cycle": 0}]"#, "flops_per_cycle"),
        (#"[{"idle_power_w": -1}]"#, "idle_power_w"), (#"[{"profile": "raspbery-pi-4"}]"#, "raspbery-pi-4 is unknown; use phone"),
    ])
    func valuesOutsideTheirRangeAreNamed(_ text: String, _ part: String) throws {
        let error = #expect(throws: FileError.self) { try devices(text) }
        let message = "\(error.map { "\($0)" } ?? "")"
        #expect(message.contains(part) && message.contains("line 1, device 0") && message.contains("devices.json"), "\(message)")
    }

    @Test func missingFilesAndStandardInputAreRefused() {
        #expect(throws: FileError.missing(path: folder.path("no.json"))) { try DeviceReader.count(path: folder.path("no.json")) }
        #expect(throws: FileError.self) { try DeviceReader.count(path: "-") }
    }

    @Test func aRunTakesDevicesFromAFile() throws {
        try #"[{"distance_m": 20}, {"distance_m": 30, "bits_min": 8}]"#.write(
            toFile: folder.path("devices.json"), atomically: true, encoding: .utf8)
        let run = try TinyRun.train([.devices: folder.path("devices.json"), .rounds: "1"], at: folder.path("run"))
        let devices = try run.files.devicesFile.read(DeviceRecord.self)
        #expect(devices.map(\.distanceMetres) == [20, 30] && devices[1].bits == 8)
    }
}
