import DevicePlanning
import FedRuntime
import Foundation
import GreenDiffusion
import Records
import RunTestSupport
import Storage
import TestSupport
import Testing

@Suite struct FederatedDeviceFileTests {
    private let folder = TemporaryFolder()

    private func file(_ text: String) throws -> FederatedDeviceFile {
        try text.write(toFile: folder.path("devices.json"), atomically: true, encoding: .utf8)
        return try FederatedDeviceFile(path: folder.path("devices.json"))
    }

    @Test func fieldsBecomeDevicesAndMissingOnesThePapers() throws {
        let text = #"""
            [{}, {"id": "far", "distance_m": 90, "frequency_max_hz": 2e9, "demand": 0.001, "bits_min": 4, "bits_max": 5,
              "time_budget_s": 15}]
            """#
        let devices = try file(text).devices(samples: [10, 20], demand: .relativeError(1e-4...5e-4), bits: 6...8)
        #expect(devices.map(\.id) == [0, 1] && devices.map(\.samples) == [10, 20])
        #expect(devices[0].radio.distanceMetres == 45 && devices[0].processor.frequencyMaxHertz == 1e9)
        #expect(devices[0].acceptedBits == 6...8 && devices[0].demand == .relative(5e-4))
        #expect(devices[1].profile == "far" && devices[1].radio.distanceMetres == 90)
        #expect(devices[1].processor.frequencyMaxHertz == 2e9 && devices[1].acceptedBits == 4...5)
        #expect(devices[1].demand == .relative(0.001))
    }

    @Test(arguments: [
        ("{}", "not a JSON array"), ("[]", "at least one device"), ("[1]", "device 0 is not an object"),
        ("[", "not a JSON array"),
        (#"[{}, {"distnce_m": 4}]"#, "device 1 has the unknown field distnce_m"),
    ])
    func filesOfAnotherFormAreRefused(_ text: String, _ part: String) {
        let error = #expect(throws: FileError.self) { try file(text) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(part))
    }

    @Test(arguments: [
        (#"[{"distance_m": -5}]"#, "distance_m"), (#"[{"distance_m": "near"}]"#, "is not a number"),
        (#"[{"frequency_min_hz": 5e9}]"#, "frequency_min_hz"), (#"[{"bits_min": 9}]"#, "2...8"),
        (#"[{"bits_min": 6.5}]"#, "2...8"),
        (#"[{"demand": 0}]"#, "demand"), (#"[{"power_max_w": 0}]"#, "power"), (#"[{"flops_per_cycle": 0}]"#, "flops_per_cycle"),
    ])
    func valuesOutsideTheirRangeAreNamed(_ text: String, _ part: String) throws {
        let file = try file(text)
        let error = #expect(throws: FileError.self) {
            try file.devices(samples: [5], demand: .relativeError(1e-4...1e-3), bits: 6...8)
        }
        let message = "\(error.map { "\($0)" } ?? "")"
        #expect(message.contains(part) && message.contains("device 0") && message.contains("devices.json"), "\(message)")
    }

    @Test func aMissingFileIsNamed() {
        #expect(throws: FileError.missing(path: folder.path("no.json"))) { try FederatedDeviceFile(path: folder.path("no.json")) }
    }

    @Test func aRunTakesDevicesFromAFile() throws {
        try #"[{"distance_m": 20}, {"distance_m": 30, "bits_min": 8}]"#.write(
            toFile: folder.path("devices.json"), atomically: true, encoding: .utf8)
        let run = try TinyRun.train([.devices: folder.path("devices.json"), .rounds: "1"], at: folder.path("run"))
        let devices = try run.files.devicesFile.read(DeviceRecord.self)
        #expect(devices.map(\.distanceMetres) == [20, 30] && devices[1].bits == 8)
    }
}
