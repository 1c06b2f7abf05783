import FedRuntime
import Foundation
import GreenDiffusion
import Inspection
import Records
import RunTestSupport
import Storage
import TestSupport
import Testing

/// A run goes on only from what it wrote, and keeps away from what it did not.
@Suite struct RunFolderTests {
    private let folder = TemporaryFolder()

    /// A run of two rounds, and what resuming it says.
    private func finishedRun(_ changes: [Setting: String] = [:]) throws -> RunFiles {
        try TinyRun.train(changes.merging([.rounds: "2"]) { $1 }, at: folder.path("run")).files
    }

    private func refusal(_ files: RunFiles, _ changes: [(setting: Setting, text: String)] = [(.rounds, "3")]) -> String {
        do {
            _ = try FederatedRun.resume(files.path, changing: changes)
            return "it is not refused"
        } catch { return "\(error)" }
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
    private func write(_ text: String, to path: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }

    @Test func onlyTheKindThatMadeAFolderGoesOnInIt() throws {
        let files = try finishedRun()
        let settings = PretrainingSettings(
            data: "synthetic", preset: .tiny, batchSize: 2,
            learningRate: LearningRateSchedule(peak: 0.001, warmUpSteps: 0, steps: 2, decay: .constant), weightDecay: 0, seed: 0)
        let before = try FileManager.default.subpathsOfDirectory(atPath: files.path).sorted()
        #expect(throws: RunDirectoryError.otherKind(path: files.path, found: .federated)) {
            try PretrainingRun.start(settings, at: files.path, threads: 1)
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: files.path).sorted() == before)
        let other = folder.path("pretraining")
        do { try PretrainingRun.start(settings, at: other, threads: 1).train { _ in .goOn } }
        #expect(throws: RunDirectoryError.otherKind(path: other, found: .pretraining)) {
            try FederatedRun.start(TinyRun.configuration(), at: other)
        }
        #expect(throws: RunDirectoryError.otherKind(path: other, found: .pretraining)) { try FederatedRun.resume(other) }
    }

    @Test func aFolderWithAModelOfSomebodyElsesIsRefused() throws {
        try FileManager.default.createDirectory(atPath: folder.path("mine/model"), withIntermediateDirectories: true)
        let error = RunDirectoryError.occupied(path: folder.path("mine"), by: folder.path("mine/model"))
        #expect(throws: error) { try FederatedRun.start(TinyRun.configuration(), at: folder.path("mine")) }
    }

    @Test func aRunThatEndedBeforeItsFirstCheckpointStartsAgain() throws {
        let whole = try TinyRun.train([.rounds: "1"], at: folder.path("whole"))
        for way in ["resume", "out"] {
            let path = folder.path(way)
            try FileManager.default.createDirectory(atPath: "\(path)/checkpoints", withIntermediateDirectories: true)
            try write(try text(whole.files.configurationPath), to: "\(path)/config.yaml")
            let run =
                try way == "out"
                ? FederatedRun.start(TinyRun.configuration([.rounds: "1"]), at: path) : FederatedRun.resume(path)
            try run.train { _ in }
            #expect(try TinyRun.weights(path, round: 1) == TinyRun.weights(whole.path, round: 1))
        }
        try FileManager.default.createDirectory(atPath: folder.path("own"), withIntermediateDirectories: true)
        try write("rounds: 1\n", to: folder.path("own/config.yaml"))
        #expect(throws: RunDirectoryError.exists(path: folder.path("own")), "a configuration that no run wrote stays") {
            try FederatedRun.start(TinyRun.configuration(), at: folder.path("own"))
        }
    }

    @Test(arguments: [
        ("rounds.jsonl", ""), ("rounds.jsonl", "first"), ("rounds.jsonl", "doubled"), ("devices.jsonl", "edited"),
        ("schemes.jsonl", "gone"), ("checkpoints/round-00002/federation.json", "gone"),
        ("checkpoints/round-00002/manifest.json", "gone"), ("checkpoints/round-00002/state.json", ""),
        ("checkpoints/round-00002/diffusion_pytorch_model.safetensors", "bit"),
    ])
    func whatIsNotAsItWasWrittenIsNamed(_ name: String, _ change: String) throws {
        let files = try finishedRun()
        let path = "\(files.path)/\(name)"
        switch change {
        case "gone": try FileManager.default.removeItem(atPath: path)
        case "bit":
            var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            bytes[bytes.count - 3] ^= 1
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        case "first": try write(try text(path).split(separator: "\n").dropFirst().map { $0 + "\n" }.joined(), to: path)
        case "doubled": try write(try text(path) + text(path), to: path)
        case "edited": try write(try text(path).replacingOccurrences(of: #""round":1"#, with: #""round":-1"#), to: path)
        default: try write(change, to: path)
        }
        // A line too many is one that a crash left behind.
        let isCut = change == "doubled"
        let line = refusal(files)
        #expect(isCut ? line == "it is not refused" : line.hasPrefix("\(path) cannot be used: "), "\(line)")
        if isCut { #expect(try files.rounds().count == 2) }
        let isWhole = name.hasPrefix("checkpoints")
        #expect(isCut || line.contains(isWhole ? "round 1" : "init \(files.path)") || name != "rounds.jsonl", "\(line)")
    }

    @Test(arguments: [("seed: 0", "seed: 4", "seed 4 (was 0)"), ("", "", "and ")])
    func editedSettingsAreNamed(_ old: String, _ new: String, _ part: String) throws {
        let files = try finishedRun([.learningRate: "0.001", .seed: "0"])
        let yaml = try text(files.configurationPath)
        try write(old.isEmpty ? "" : yaml.replacingOccurrences(of: old, with: new), to: files.configurationPath)
        let line = refusal(files)
        #expect(line.hasPrefix("\(files.configurationPath) is not what the run was trained with"), "\(line)")
        #expect(line.contains(part), "\(line)")
        #expect(line.contains("checkpoints/round-00002/settings.yaml has them"), "\(line)")
        try write(try text("\(files.checkpointPath(2))/settings.yaml"), to: files.configurationPath)
        _ = try FederatedRun.resume(files.path, changing: [(.rounds, "3")])
    }

    @Test func devicesAndTracesAreKnownByTheirContent() throws {
        let devices = folder.path("devices.json")
        try write(#"[{"distance_m": 20}, {"distance_m": 30}]"#, to: devices)
        let files = try finishedRun([.devices: devices])
        let moved = folder.path("moved.json")
        try FileManager.default.moveItem(atPath: devices, toPath: moved)
        do { _ = try FederatedRun.resume(files.path, changing: [(.rounds, "3"), (.devices, moved)]) }
        try write(#"[{"distance_m": 20}, {"distance_m": 31}]"#, to: moved)
        #expect(refusal(files).hasPrefix("devices \(moved) is not what the run was trained on"))
    }

    @Test func whatAKillLeavesBehindIsRemoved() throws {
        let files = try finishedRun()
        let leftovers = [
            "config.yaml.partial-17", "model.previous-17", "samples/.dat.nosync17", "checkpoints/round-00001.removed-17",
            ".greendiff.partial-1f",
        ]
        for name in leftovers { try write("x", to: "\(files.path)/\(name)") }
        // A checkpoint too many, as before it is pruned.
        try FileManager.default.copyItem(atPath: files.checkpointPath(1), toPath: files.checkpointPath(0))
        _ = try FederatedRun.resume(files.path, changing: [(.rounds, "3")])
        for name in leftovers { #expect(!FileManager.default.fileExists(atPath: "\(files.path)/\(name)"), "\(name)") }
        #expect(files.checkpointNumbers() == [1, 2])
    }

    @Test func theEventsOfEarlierRoundsKeepTheirTimesAndPictures() throws {
        let files = try finishedRun([.sampleEvery: "1"])
        let path = "\(files.tensorBoardFolder)/events.out.tfevents.greendiff"
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        try FederatedRun.resume(files.path, changing: [(.rounds, "3")]).train { _ in }
        let after = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(after.starts(with: before) && after.count > before.count)
    }

    @Test(arguments: [
        #""upload_bytes":-9223372036854775808"#, #""energy_compute_j":1e308"#, #""upload_bytes":9223372036854775807"#,
    ])
    func recordsThatNoRunWritesAreRefused(_ field: String) throws {
        let files = try finishedRun()
        let name = try #require(field.split(separator: ":").first)
        let lines = try text(files.roundsFile.path).replacing(try Regex("\(name):[^,}]*"), with: field)
        try write(lines, to: files.roundsFile.path)
        #expect(throws: FileError.damagedLine(path: files.roundsFile.path, line: 1)) { try files.rounds() }
        #expect(throws: FileError.self) { try RunPage.html(runs: [files.path]) }
        #expect(throws: FileError.self) { try InspectionReport(files.path, threads: 1) }
    }
}
