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

    @Test func anEditedNumberOfRoundsIsFoundWhereTheRateFallsTowardsIt() throws {
        let files = try TinyRun.train(Self.learned, at: folder.path("run")).files
        let text = String(decoding: try readFile(files.configurationPath), as: UTF8.self)
        let rounds = try #require(text.split(separator: "\n").first { $0.hasPrefix("rounds:") })
        try AtomicFile.write(text.replacing(rounds, with: "rounds: 9"), to: files.configurationPath)
        let error = #expect(throws: RunDirectoryError.self) { try FederatedRun.resume(files.path) }
        #expect(error.map { "\($0)".contains("rounds 9 (was ") } == true)
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

    /// docs/adr/0017: what is learned unless told otherwise.
    @Test func randomWeightsLearnVUnderMinSNRAndSpeeD() throws {
        let files = try TinyRun.train([:], at: folder.path("run")).files
        let named = try TinyRun.train(
            [.prediction: "v_prediction", .lossWeighting: "min-snr:5", .timestepSampling: "speed:0.7:5"],
            at: folder.path("named"))
        #expect(try weights(files).scheduler.prediction == .velocity)
        #expect(try weights(files).parameters.values == weights(named.files).parameters.values)
        let uniform = try TinyRun.train([.lossWeighting: "uniform", .timestepSampling: "uniform"], at: folder.path("uniform"))
        #expect(try weights(files).parameters.values != weights(uniform.files).parameters.values)
    }

    @Test func aModelOfTheNoiseLearnsAsItDid() throws {
        let noise = try TinyRun.train([.prediction: "epsilon"], at: folder.path("noise")).files
        let start: [Setting: String] = [.initial: noise.modelFolder]
        let named: [Setting: String] = [.lossWeighting: "uniform", .timestepSampling: "uniform"]
        let runs = try [start, start.merging(named) { $1 }].enumerated().map {
            try TinyRun.train($0.element, at: folder.path("run\($0.offset)")).files
        }
        #expect(try weights(runs[0]).parameters.values == weights(runs[1]).parameters.values)
    }

    @Test func zeroTerminalSNRNeedsMoreThanTheNoise() throws {
        #expect(throws: ConfigurationError.self) {
            try FederatedRun.start(try TinyRun.configuration([.zeroSNR: "on", .prediction: "epsilon"]), at: folder.path("run"))
        }
        let files = try TinyRun.train([.zeroSNR: "on"], at: folder.path("zero")).files
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
