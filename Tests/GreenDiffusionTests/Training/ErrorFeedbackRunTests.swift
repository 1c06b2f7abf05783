import FedRuntime
import Foundation
import GreenDiffusion
import Records
import RunTestSupport
import TestSupport
import Testing

/// Error feedback over the rounds of a run in its folder.
@Suite struct ErrorFeedbackRunTests {
    private let folder = TemporaryFolder()
    private static let settings: [Setting: String] = [
        .payload: "change", .grid: "lattice", .bits: "2:8", .demand: "0.05", .errorFeedback: "2", .downlinkBits: "6",
        .rounds: "4",
        .select: "2",
    ]

    @Test func aResumedRunEndsAtTheSameWeights() throws {
        let whole = try TinyRun.train(Self.settings, at: folder.path("whole"))
        let path = folder.path("parts")
        do {
            let run = try FederatedRun.start(TinyRun.configuration(Self.settings), at: path)
            #expect(throws: FederatedRunError.self) { try run.train(isInterrupted: { run.completedRounds == 2 }) { _ in } }
        }
        // As after a crash in round 3, when a device had sent its frame and the checkpoint was not there yet.
        let files = RunFiles(path: path)
        let device = try #require((0..<3).first { !files.residualRounds(device: $0).isEmpty })
        let last = try #require(files.residualRounds(device: device).last)
        try FileManager.default.copyItem(
            atPath: files.residualPath(device: device, round: last), toPath: files.residualPath(device: device, round: 3))
        try FederatedRun.resume(path).train { _ in }
        #expect(try TinyRun.weights(path, round: 4) == TinyRun.weights(whole.path, round: 4))
        let records = try files.devicesFile.read(DeviceRecord.self)
        #expect(try whole.files.devicesFile.read(DeviceRecord.self) == records)
        #expect(records.contains { $0.feedbackRound != nil } && records.contains { $0.feedbackRound == nil })
        for device in 0..<3 {
            #expect(files.residualRounds(device: device).count <= 2, "of the two checkpoints that stay")
            #expect(files.residualRounds(device: device) == whole.files.residualRounds(device: device))
        }
        let without = try TinyRun.train(Self.settings.merging([.errorFeedback: "0"]) { $1 }, at: folder.path("without"))
        #expect(try TinyRun.weights(without.path, round: 4) != TinyRun.weights(path, round: 4))
        #expect((0..<3).allSatisfy { without.files.residualRounds(device: $0).isEmpty })
    }

    @Test func aResidualThatIsDamagedOrGoneIsNamed() throws {
        let path = folder.path("run")
        let settings = Self.settings.merging([.rounds: "2", .select: "3"]) { $1 }
        do { try TinyRun.train(settings, at: path) }
        let file = RunFiles(path: path).residualPath(device: 1, round: 2)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        func expectRefusal(_ reason: String) throws {
            let error = #expect(throws: RunDirectoryError.self) { try FederatedRun.resume(path, changing: [(.rounds, "3")]) }
            guard case .damaged(path, .federated, file, let found, older: 1)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(found.contains(reason))
        }
        var damaged = [UInt8](bytes)
        damaged[damaged.count / 2] ^= 1
        try Data(damaged).write(to: URL(fileURLWithPath: file))
        try expectRefusal("checksum")
        try FileManager.default.removeItem(atPath: file)
        try expectRefusal("missing")
        try bytes.write(to: URL(fileURLWithPath: file))
        try FederatedRun.resume(path, changing: [(.rounds, "3")]).train { _ in }
    }

    @Test func goingBackOneCheckpointGivesTheSameBytes() throws {
        let path = folder.path("run")
        do { try TinyRun.train(Self.settings, at: path) }
        let (weights, devices) = try (TinyRun.weights(path, round: 4), RunFiles(path: path).devices())
        let run = try FederatedRun.resume(path, fromRound: 3)
        #expect(run.completedRounds == 3 && run.notices.count == 1)
        #expect(try run.files.rounds().count == 3 && run.files.checkpointNumbers() == [3])
        try run.train { _ in }
        #expect(try TinyRun.weights(path, round: 4) == weights && run.files.devices() == devices)
    }

    @Test func whereItHasNothingToDoItIsRefused() throws {
        for (changes, word) in [([.payload: "weights"], "payload change"), ([.scheme: "fedavg"], "exact values")]
            as [([Setting: String], String)]
        {
            let configuration = try TinyRun.configuration(Self.settings.merging(changes) { $1 })
            let error = #expect(throws: ConfigurationError.self) { try configuration.resolved() }
            #expect("\(error.map { "\($0)" } ?? "")".contains(word))
        }
    }
}
