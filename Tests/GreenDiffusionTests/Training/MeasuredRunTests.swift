import Foundation
import GreenDiffusion
import Records
import RunTestSupport
import Storage
import TestSupport
import Testing

/// A run that a meter measures, some rounds only when it ends.
@Suite struct MeasuredRunTests {
    private let folder = TemporaryFolder()

    /// Measures 2 W above idle; odd rounds late, round 4 never.
    private final class Meter: RoundEnergyMeter {
        private(set) var stretches: [Int: [ClosedRange<Double>]] = [:]
        private var late: [Int: MeasuredEnergy] = [:]
        private var notices: [String] = []

        func measure(round: Int, stretches: [ClosedRange<Double>]) -> MeasuredEnergy? {
            self.stretches[round] = stretches
            let seconds = stretches.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
            let energy = MeasuredEnergy(joules: 2 * seconds, idleWatts: 3, samples: round)
            switch round {
            case 4: notices.append("round 4 is not measured")
            case let odd where odd % 2 == 1: late[odd] = energy
            default: return energy
            }
            return nil
        }

        func measureRest() -> [Int: MeasuredEnergy] {
            defer { late = [:] }
            return late
        }

        func takeNotices() -> [String] {
            defer { notices = [] }
            return notices
        }
    }

    private func train(_ meter: Meter, at path: String, until last: Int = 5) throws -> (run: FederatedRun, notices: [String]) {
        let run = try FederatedRun.start(TinyRun.configuration([.rounds: "5"]), at: path)
        var notices: [String] = []
        do {
            try run.train(measuredBy: meter, isInterrupted: { run.completedRounds == last }) { notices += $0.notices }
        } catch FederatedRunError.interrupted {}
        return (run, notices)
    }

    @Test func roundsSayWhatWasMeasuredAlsoWhatCameLate() throws {
        let meter = Meter()
        let before = Date().timeIntervalSince1970
        let (run, notices) = try train(meter, at: folder.path("run"))
        let rounds = try run.files.rounds()
        #expect(notices == ["round 4 is not measured"])
        #expect(rounds.map { $0.measuredSamples } == [1, 2, 3, nil, 5])
        for row in rounds where row.round != 4 {
            let stretches = try #require(meter.stretches[row.round])
            #expect(stretches.count == 3, "a stretch for each device")
            for (first, second) in zip(stretches, stretches.dropFirst()) { #expect(first.upperBound <= second.lowerBound) }
            let seconds = stretches.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
            #expect(seconds > 0 && seconds <= row.wallSeconds + 0.01 && stretches[0].lowerBound >= before)
            #expect(row.measured?.idleWatts == 3 && abs((row.measured?.joules ?? 0) - 2 * seconds) < 1e-12)
        }
        let summary = try JSONDecoder().decode(
            RunSummary.self, from: Data(contentsOf: URL(fileURLWithPath: run.files.summaryPath)))
        #expect(summary.roundsMeasured == 4)
        #expect(abs((summary.energyMeasuredJoules ?? 0) - rounds.reduce(0) { $0 + ($1.energyMeasuredJoules ?? 0) }) < 1e-9)
        let page = try String(contentsOfFile: run.files.reportPath, encoding: .utf8)
        #expect(page.contains("Measured against modelled") && page.contains("4 of 5 rounds"))
    }

    /// What a meter says is no part of the run: neither of its bytes nor of what resuming compares.
    @Test func aMeasuredRunIsTheRunAndGoesOnWithOrWithoutMeter() throws {
        let (whole, path) = (folder.path("whole"), folder.path("run"))
        try TinyRun.train([.rounds: "5"], at: whole)
        do { #expect(try train(Meter(), at: path, until: 3).run.files.rounds().map { $0.measuredSamples } == [1, 2, 3]) }
        do { try FederatedRun.resume(path).train { _ in } }
        let rounds = try RunFiles(path: path).rounds()
        #expect(rounds.map { $0.measuredSamples } == [1, 2, 3, nil, nil])
        func manifest(_ run: String) throws -> Data {
            try Data(contentsOf: URL(fileURLWithPath: "\(run)/checkpoints/round-00005/manifest.json"))
        }
        #expect(try manifest(path) == manifest(whole))
        #expect(try TinyRun.weights(path, round: 5) == TinyRun.weights(whole, round: 5))
    }

    @Test func anUnmeasuredRunHasNoFieldOfIt() throws {
        let files = try TinyRun.train([.rounds: "1"], at: folder.path("run")).files
        for path in [files.roundsFile.path, files.summaryPath, files.reportPath] {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(!text.contains("measured_j") && !text.contains("measured_samples") && !text.contains("Measured against"))
        }
    }
}
