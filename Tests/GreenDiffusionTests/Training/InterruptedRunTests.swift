import FedRuntime
import Foundation
import GreenDiffusion
import Records
import RunTestSupport
import Storage
import TestSupport
import Testing

@Suite struct InterruptedRunTests {
    private let folder = TemporaryFolder()

    @Test func anInterruptedRunSaysHowToGoOn() throws {
        let run = try FederatedRun.start(TinyRun.configuration([.rounds: "5"]), at: folder.path("run"))
        let error = #expect(throws: FederatedRunError.self) {
            try run.train(isInterrupted: { run.completedRounds == 2 }) { _ in }
        }
        #expect(error == .interrupted(round: 2, rounds: 5, path: folder.path("run")))
        #expect("\(error.map { "\($0)" } ?? "")".hasSuffix("resume \(folder.path("run"))"))
        #expect(FileManager.default.fileExists(atPath: run.files.reportPath))
    }

    @Test func whatACrashLeavesBehindIsForgotten() throws {
        let path = folder.path("run")
        try TinyRun.train([.rounds: "3"], at: folder.path("whole"))
        do { try TinyRun.train([.rounds: "2"], at: path) }
        let files = RunFiles(path: path)
        // As after a crash in round 3: its records are written, one is torn, its checkpoint is half there.
        var late = try #require(try files.devicesFile.read(DeviceRecord.self).last)
        late.round = 3
        try files.devicesFile.append([late])
        let rounds = try FileHandle(forWritingTo: URL(fileURLWithPath: files.roundsFile.path))
        try rounds.seekToEnd()
        try rounds.write(contentsOf: Data(#"{"round":3,"loss":0."#.utf8))
        try rounds.close()
        let torn = "\(path)/checkpoints/round-00003.partial-1"
        try FileManager.default.createDirectory(atPath: torn, withIntermediateDirectories: true)

        let resumed = try FederatedRun.resume(path, changing: [(.rounds, "3")])
        #expect(!FileManager.default.fileExists(atPath: torn))
        #expect(try files.devicesFile.read(DeviceRecord.self).map(\.round) == [1, 1, 1, 2, 2, 2])
        try resumed.train { _ in }
        #expect(try files.roundsFile.read(RoundRecord.self).map(\.round) == [1, 2, 3])
        #expect(try TinyRun.weights(path, round: 3) == TinyRun.weights(folder.path("whole"), round: 3))
    }

    @Test func onlySomeSettingsMayChange() throws {
        let path = folder.path("run")
        do { try TinyRun.train([.rounds: "1"], at: path) }
        #expect(throws: RunDirectoryError.settingChanged(setting: "seed", saved: "0", requested: "4")) {
            try FederatedRun.resume(path, changing: [(.seed, "4")])
        }
        let resumed = try FederatedRun.resume(path, changing: [(.seed, "0"), (.threads, "2"), (.rounds, "2")])
        #expect(resumed.configuration.rounds == 2 && resumed.configuration.threads == 2)
        try resumed.train { _ in }
    }

    @Test func theComparisonOfSchemesIsLeftOutAtWill() throws {
        try TinyRun.train([.rounds: "2"], at: folder.path("whole"))
        do { try TinyRun.train([.rounds: "1", .compareSchemes: "off"], at: folder.path("run")) }
        let resumed = try FederatedRun.resume(folder.path("run"), changing: [(.compareSchemes, "on"), (.rounds, "2")])
        #expect(try resumed.summary().schemes.isEmpty && resumed.files.roundsFile.read(RoundRecord.self).count == 1)
        try resumed.train { _ in }
        #expect(try Set(resumed.files.schemesFile.read(SchemeRecord.self).map(\.round)) == [2])
        #expect(try TinyRun.weights(folder.path("run"), round: 2) == TinyRun.weights(folder.path("whole"), round: 2))
    }

    @Test func fewerRoundsThanDoneAreRefused() throws {
        let path = folder.path("run")
        do { try TinyRun.train([.rounds: "2"], at: path) }
        #expect(throws: FederatedRunError.roundsBehind(path: path, done: 2, requested: 1)) {
            try FederatedRun.resume(path, changing: [(.rounds, "1")])
        }
    }

    @Test func foldersInUseOrNotFittingAreRefused() throws {
        let path = folder.path("run")
        let run = try FederatedRun.start(TinyRun.configuration([.rounds: "1"]), at: path)
        defer { withExtendedLifetime(run) {} }
        #expect(throws: RunDirectoryError.exists(path: path)) { try FederatedRun.start(TinyRun.configuration(), at: path) }
        #expect(throws: RunDirectoryError.busy(path: path)) { try FederatedRun.resume(path) }
        #expect(throws: RunDirectoryError.notARun(path: folder.path, kind: .federated)) { try FederatedRun.resume(folder.path) }
        try "a file".write(toFile: folder.path("file"), atomically: true, encoding: .utf8)
        #expect(throws: FileError.self) { try FederatedRun.start(TinyRun.configuration(), at: folder.path("file/below")) }
    }

    @Test func aDamagedCheckpointIsNamed() throws {
        let path = folder.path("run")
        do { try TinyRun.train([.rounds: "1"], at: path) }
        let federation = "\(path)/checkpoints/round-00001/federation.json"
        try "{".write(toFile: federation, atomically: true, encoding: .utf8)
        let error = #expect(throws: RunDirectoryError.self) { try FederatedRun.resume(path) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("federation.json"))
        #expect("\(error.map { "\($0)" } ?? "")".contains("the one before"))
    }

    @Test func aDivergingRunStopsAndKeepsItsRounds() throws {
        let run = try FederatedRun.start(
            TinyRun.configuration([.rounds: "6", .learningRate: "1", .localIterations: "60"]), at: folder.path("run"))
        let error = #expect(throws: FederatedRunError.self) { try run.train { _ in } }
        guard case .diverged(let round, let reason, let path)? = error else {
            Issue.record("\(String(describing: error)) is not about divergence")
            return
        }
        #expect(reason.hasPrefix("device ") && reason.contains("diverged") && round == run.completedRounds && path == run.path)
        #expect(try run.files.roundsFile.read(RoundRecord.self).count == run.completedRounds)
    }

    @Test func anImpossibleTimeBudgetStopsTheRun() throws {
        let run = try FederatedRun.start(TinyRun.configuration([.rounds: "9", .timeBudget: "1e-6"]), at: folder.path("run"))
        let before = try TinyRun.weights(run.path, round: 0)[0]
        let error = #expect(throws: FederatedRunError.self) { try run.train { _ in } }
        #expect("\(error.map { "\($0)" } ?? "")".contains("nothing was learned up to round 3: 3 of 3 devices"))
        let devices = try run.files.devicesFile.read(DeviceRecord.self)
        #expect(devices.count == 9 && devices.allSatisfy { $0.status == .infeasible && $0.reason != nil && $0.bits == nil })
        #expect(try TinyRun.weights(run.path, round: 3)[0] == before, "nobody took part, so nothing may change")
        let report = try String(contentsOfFile: run.files.reportPath, encoding: .utf8)
        #expect(report.contains("Nothing was learned: no round accepted an update; in round 3 3 of 3 devices have no plan"))
    }
}
