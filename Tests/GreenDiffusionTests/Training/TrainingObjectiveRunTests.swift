import FedRuntime
import GreenDiffusion
import Model
import RunTestSupport
import Storage
import TestSupport
import Testing

/// Runs that learn otherwise: their settings, what they write, and that they go on as they were.
@Suite struct TrainingObjectiveRunTests {
    private let folder = TemporaryFolder()
    private static let learned: [Setting: String] = [
        .prediction: "v_prediction", .noiseSchedule: "squaredcos_cap_v2", .lossWeighting: "min-snr:5",
        .timestepSampling: "log-normal:-1.2:1.2", .proximal: "0.1", .warmUp: "1", .decay: "cosine",
    ]

    private func weights(_ files: RunFiles) throws -> Checkpoint { try Checkpoint(directory: files.modelFolder) }

    @Test func theModelSaysWhatItLearned() throws {
        let files = try TinyRun.train(Self.learned, at: folder.path("run")).files
        let scheduler = try weights(files).scheduler
        #expect(scheduler.prediction == .velocity && scheduler.betaSchedule == .squaredCosine)
        let sampled = try Greendiff.run(
            "sample", "--checkpoint", files.path, "--sampler", "unipc", "--steps", "3", "--count", "2", "--karras",
            "--out", folder.path("grid.png"))
        #expect(sampled.status == 0, "\(sampled.errors)")
    }

    @Test func aResumedRunEndsAtTheSameWeights() throws {
        let whole = try TinyRun.train(Self.learned.merging([.rounds: "3"]) { $1 }, at: folder.path("whole"))
        let path = folder.path("parts")
        var configuration = try TinyRun.configuration(Self.learned.merging([.rounds: "3"]) { $1 })
        configuration.keepCheckpoints = 3
        do {
            let run = try FederatedRun.start(configuration, at: path)
            try? run.train(isInterrupted: { run.completedRounds == 1 }) { _ in }
        }
        try FederatedRun.resume(path).train { _ in }
        let (first, second) = (try weights(whole.files), try weights(RunFiles(path: path)))
        #expect(first.parameters.values == second.parameters.values)
    }

    @Test func aCosineEndsWhereItWasPlanned() throws {
        let files = try TinyRun.train(Self.learned, at: folder.path("run")).files
        let error = #expect(throws: FederatedRunError.self) {
            try FederatedRun.resume(files.path, changing: [(.rounds, "9")])
        }
        guard case .decayIsFixed? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        ([Setting.prediction: "epsilon"], "prediction"), ([.noiseSchedule: "linear"], "noise-schedule"),
        ([.zeroSNR: "on"], "zero-snr"),
    ])
    func anotherObjectiveThanTheCheckpointsIsRefused(changes: [Setting: String], name: String) throws {
        let files = try TinyRun.train(Self.learned, at: folder.path("run")).files
        let settings = changes.merging([.initial: files.modelFolder]) { $1 }
        let error = #expect(throws: ConfigurationError.self) {
            try FederatedRun.start(try TinyRun.configuration(settings), at: folder.path("other"))
        }
        #expect(error.map { "\($0)".contains(name) && "\($0)".contains("trained with") } == true)
    }

    @Test func zeroTerminalSNRNeedsMoreThanTheNoise() throws {
        #expect(throws: ConfigurationError.self) {
            try FederatedRun.start(try TinyRun.configuration([.zeroSNR: "on"]), at: folder.path("run"))
        }
        let files = try TinyRun.train([.zeroSNR: "on", .prediction: "v_prediction"], at: folder.path("zero")).files
        let scheduler = try weights(files).scheduler
        #expect(scheduler.rescalesToZeroSNR && scheduler.timestepSpacing == .trailing)
    }

    @Test(arguments: [
        ("loss-weighting", "min-snr:0"), ("loss-weighting", "snr"), ("timestep-sampling", "speed:2:5"),
        ("timestep-sampling", "log-normal:1"), ("prediction", "noise"), ("proximal", "-1"), ("warm-up", "-1"),
        ("decay", "linear"),
    ])
    func wrongValuesAreNamed(name: String, text: String) throws {
        let setting = try #require(Setting.named(name))
        var configuration = RunConfiguration()
        let error = #expect(throws: ConfigurationError.self) { try configuration.set(setting, to: text) }
        #expect(error.map { "\($0)".contains(name) } == true)
        #expect(configuration == RunConfiguration())
    }
}
