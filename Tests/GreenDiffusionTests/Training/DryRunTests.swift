import Foundation
import GreenDiffusion
import Kernels
import RunTestSupport
import TestSupport
import Testing

@Suite struct DryRunTests {
    @Test func thePlanIsThatOfTheFirstRound() throws {
        let folder = TemporaryFolder()
        let dry = try DryRun(TinyRun.configuration([.rounds: "2"]))
        #expect(dry.devices.count == 3 && dry.devices.allSatisfy { $0.plan != nil })
        #expect(dry.energyJoules > 0 && dry.uploadBytes > 0 && dry.wallSeconds > 0 && dry.secondsPerStep > 0)
        let run = try TinyRun.train([.rounds: "1"], at: folder.path("run"))
        let devices = try run.summary()
        #expect(abs(dry.energyJoules - devices.energyTotalJoules) < 0.5 * dry.energyJoules)
        #expect(dry.downloadBytes == devices.downloadBytes)
        #expect(dry.overview.imagesOfDevices.count == 3 && dry.overview.devicesPerRound == 3)
    }

    /// Of processes of their own: this one has the memory of all tests.
    @Test(arguments: [("tiny", "24", "1"), ("small", "3", "0")])
    func memoryIsWhatTheRunTakes(preset: String, batchSize: String, evaluateEvery: String) throws {
        let folder = TemporaryFolder()
        let arguments = [
            "train", "--preset", preset, "--batch-size", batchSize, "--evaluate-every", evaluateEvery, "--sample-every", "0",
            "--devices", "2", "--rounds", "1", "--local-iterations", "1", "--threads", "2",
        ]
        let dry = try Greendiff.run(arguments + ["--dry-run"])
        let match = try #require(dry.output.firstMatch(of: /memory +about ([0-9.]+) MB at the peak, .* available here/))
        let expected = try #require(Double(match.1)) * 1e6
        let job = try Greendiff.Job(arguments + ["--out", folder.path("run")])
        let peak = Double(job.peakMemory())
        #expect(try job.wait().status == 0)
        #expect(abs(expected - peak) < 0.25 * peak, "\(expected) expected, \(peak) taken")
    }

    @Test(.enabled(if: (ProcessMemory.available ?? .max) < 64 << 30, "it would fit"))
    func aRunThatCannotFitIsRefusedBeforeItsFirstStep() throws {
        let result = try Greendiff.run("train", "--preset", "ddpm-cifar10", "--batch-size", "4096", "--dry-run")
        #expect(result.status == 1 && result.output.isEmpty)
        let expected = /a run with batch-size 4096 needs [0-9.]+ GB of memory or more, .*; use a smaller --batch-size or model/
        #expect(result.errors.contains(expected))
    }

    @Test func infeasibleDevicesAreListedWithTheReason() throws {
        let dry = try DryRun(TinyRun.configuration([.timeBudget: "1e-6"]))
        #expect(dry.devices.allSatisfy { $0.plan == nil && $0.reason?.contains("time budget") == true })
        #expect(dry.energyJoules == 0 && dry.energyComputeJoules == 0)
    }
}
