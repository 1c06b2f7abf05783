import Foundation
import GreenDiffusion
import ImageFiles
import RunTestSupport
import TestSupport
import Testing

/// Folders of images as devices, and what is told about their files.
@Suite struct FolderDevicesTests {
    private let folder = TemporaryFolder()

    /// Folders `ann` with five images, `bob` with one, `cy` with three, and a text file.
    private func makeImages() throws {
        for (name, count) in [("ann", 5), ("bob", 1), ("cy", 3)] {
            try FileManager.default.createDirectory(atPath: folder.path("images/\(name)"), withIntermediateDirectories: true)
            for number in 0..<count {
                let image = RGBImage(width: 8, height: 8, fill: (UInt8(40 * number), 90, 200))
                try ImageFile.write(image, to: folder.path("images/\(name)/\(number).png"))
            }
        }
        _ = try folder.write(Array("notes".utf8), to: "images/ann/notes.txt")
    }

    private func configuration(_ changes: [Setting: String] = [:]) throws -> RunConfiguration {
        var configuration = RunConfiguration()
        let settings: [Setting: String] = [
            .data: "folder:\(folder.path("images"))", .partition: "folders", .preset: "tiny", .rounds: "1", .localIterations: "1",
            .batchSize: "2", .sampleEvery: "0", .threads: "1",
        ]
        for (setting, text) in settings.merging(changes, uniquingKeysWith: { $1 }) { try configuration.set(setting, to: text) }
        return configuration
    }

    @Test func everyFolderIsADeviceOfItsName() throws {
        try makeImages()
        let dry = try DryRun(configuration())
        #expect(dry.devices.map(\.name) == ["ann", "bob", "cy"])
        #expect(dry.overview.imagesOfDevices == [5, 1, 3])
        let run = try FederatedRun.start(configuration(), at: folder.path("run"))
        try run.train { _ in }
        let lines = try String(contentsOfFile: folder.path("run/devices.jsonl"), encoding: .utf8)
        for name in ["ann", "bob", "cy"] { #expect(lines.contains("\"id\":\"\(name)\"")) }
        let summary = try JSONSerialization.jsonObject(with: Data(folder.bytes(of: "run/summary.json"))) as? [String: Any]
        let images = try #require(summary?["images"] as? [String: Any])
        #expect(images["seen"] as? Int == 10 && images["used"] as? Int == 9)
        #expect(images["passed_over"] as? [String: Int] == [".txt": 1])
        let report = try String(contentsOfFile: folder.path("run/report.html"), encoding: .utf8)
        #expect(report.contains("9 of 10 files used; passed over: 1 .txt") && report.contains(">bob<"))
    }

    @Test func anotherNumberOfDevicesIsRefused() throws {
        try makeImages()
        let error = #expect(throws: ConfigurationError.self) { try DryRun(configuration([.devices: "4"])) }
        #expect(error?.description.contains("devices 4 is not the number of folders") == true)
        #expect(try DryRun(configuration([.devices: "3"])).devices.count == 3)
    }

    @Test func aFileOfDevicesGoesByItsNames() throws {
        try makeImages()
        let rows = #"[{"id": "cy", "distance_m": 10}, {"id": "ann", "distance_m": 20}, {"id": "bob", "distance_m": 30}]"#
        let path = try folder.write(Array(rows.utf8), to: "devices.json")
        let devices = try DryRun(configuration([.devices: path])).devices
        #expect(devices.map(\.name) == ["cy", "ann", "bob"] && devices.map(\.samples) == [3, 5, 1])
        _ = try folder.write(Array(rows.replacing("bob", with: "rob").utf8), to: "devices.json")
        let error = #expect(throws: ConfigurationError.self) { try DryRun(configuration([.devices: path])) }
        #expect(error?.description.contains("\"rob\"") == true)
    }

    @Test func theProgramTellsAboutFilesAndGoesOnWithoutDamagedOnes() throws {
        try makeImages()
        _ = try folder.write(Array("no image".utf8), to: "images/cy/9.png")
        let arguments = [
            "train", "--data", "folder:\(folder.path("images"))", "--partition", "folders", "--preset", "tiny", "--rounds", "1",
            "--dry-run",
        ]
        let refused = try Greendiff.run(arguments)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("cy/9.png") && refused.errors.contains("--skip-unreadable"))
        for flag in [["--skip-unreadable"], ["--skip-unreadable", "on"]] {
            let result = try Greendiff.run(arguments + flag)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("9 of 11 files used; passed over: 1 .txt; unreadable, left out: 1"))
            #expect(result.output.contains("the central square resized to 8x8"))
        }
        let pretrain = ["pretrain", "--data", "folder:\(folder.path("images"))", "--preset", "tiny", "--steps", "1"]
        #expect(try Greendiff.run(pretrain + ["--out", folder.path("a")]).status == 1)
        let result = try Greendiff.run(pretrain + ["--out", folder.path("b"), "--skip-unreadable"])
        #expect(result.status == 0 && result.output.contains("9 of 11 files used"), "\(result.errors)")
    }
}
