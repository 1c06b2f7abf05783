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
            #expect(files.residualRounds(device: device).count <= 1)
            #expect(files.residualRounds(device: device) == whole.files.residualRounds(device: device))
        }
        let without = try TinyRun.train(Self.settings.merging([.errorFeedback: "0"]) { $1 }, at: folder.path("without"))
        #expect(try TinyRun.weights(without.path, round: 4) != TinyRun.weights(path, round: 4))
        #expect((0..<3).allSatisfy { without.files.residualRounds(device: $0).isEmpty })
    }

    @Test func aDamagedResidualIsNamed() throws {
        let path = folder.path("run")
        do { try TinyRun.train(Self.settings.merging([.rounds: "1", .select: "3"]) { $1 }, at: path) }
        let file = RunFiles(path: path).residualPath(device: 1, round: 1)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let error = #expect(throws: FederatedRunError.self) {
            try FederatedRun.resume(path, changing: [(.rounds, "2")]).train { _ in }
        }
        let text = "\(error.map { "\($0)" } ?? "")"
        #expect(text.contains(file) && text.contains("checksum") && text.contains("remove the file"))
        try FileManager.default.removeItem(atPath: file)
        try FederatedRun.resume(path).train { _ in }
        let records = try RunFiles(path: path).devicesFile.read(DeviceRecord.self)
        #expect(records.filter { $0.round == 2 }.map(\.feedbackRound) == [1, nil, 1])
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
