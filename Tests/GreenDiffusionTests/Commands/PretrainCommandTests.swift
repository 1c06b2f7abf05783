import Foundation
import GreenDiffusion
import Records
import RunTestSupport
import TestSupport
import Testing

@Suite struct PretrainCommandTests {
    private static let base = ["pretrain", "--preset", "tiny", "--batch-size", "2", "--warm-up", "3", "--sample-every", "0"]

    private func train(_ path: String, steps: Int, _ more: String...) throws {
        let result = try Greendiff.run(Self.base + ["--steps", "\(steps)", "--out", path] + more)
        #expect(result.status == 0, "\(result.errors)")
    }

    private func weights(_ path: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: "\(path)/model/diffusion_pytorch_model.safetensors"))
    }

    /// All that a resumed run depends on: weights, moments and average.
    private func state(_ path: String, step: String) throws -> [Data] {
        try ["diffusion_pytorch_model.safetensors", "training_state.safetensors", "state.json"].map { name in
            try Data(contentsOf: URL(fileURLWithPath: "\(path)/checkpoints/step-\(step)/\(name)"))
        }
    }

    @Test func aResumedRunEqualsAnUninterruptedOneOnAnyNumberOfThreads() throws {
        let folder = TemporaryFolder()
        try train(folder.path("whole"), steps: 12, "--threads", "1")
        try train(folder.path("parts"), steps: 5, "--threads", "2")
        let resumed = try Greendiff.run("pretrain", "--resume", folder.path("parts"), "--steps", "12", "--sample-every", "0")
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try state(folder.path("whole"), step: "000000012") == state(folder.path("parts"), step: "000000012"))
        #expect(try weights(folder.path("whole")) == weights(folder.path("parts")))
    }

    @Test func seedsGiveDifferentWeights() throws {
        let folder = TemporaryFolder()
        try train(folder.path("a"), steps: 2, "--seed", "1")
        try train(folder.path("b"), steps: 2, "--seed", "2")
        #expect(try weights(folder.path("a")) != weights(folder.path("b")))
    }

    @Test func anInterruptSavesAndTheRunGoesOnToTheSameWeights() throws {
        let folder = TemporaryFolder()
        let job = try Greendiff.Job(Self.base + ["--steps", "1000000", "--out", folder.path("run")])
        let deadline = Date(timeIntervalSinceNow: 30)
        while !FileManager.default.fileExists(atPath: folder.path("run/progress.jsonl")), Date() < deadline { usleep(20_000) }
        job.interrupt()
        let result = try job.wait()
        #expect(result.status == 130)
        let match = try #require(result.errors.firstMatch(of: /greendiff: interrupted after step (\d+) of 1000000.*--resume/))
        let done = try #require(Int(match.1))

        let steps = done + 3
        let resumed = try Greendiff.run("pretrain", "--resume", folder.path("run"), "--steps", "\(steps)", "--sample-every", "0")
        #expect(resumed.status == 0, "\(resumed.errors)")
        try train(folder.path("whole"), steps: steps)
        #expect(try weights(folder.path("run")) == weights(folder.path("whole")))
    }

    @Test func theFolderHoldsModelCheckpointsSamplesAndProgress() throws {
        let run = try TinyModel.runPath
        let model = ["config.json", "diffusion_pytorch_model.safetensors", "model_index.json", "scheduler_config.json"]
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(run)/model").sorted() == model)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: "\(run)/checkpoints").sorted()
                == ["step-000000004", "step-000000006"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(run)/samples") == ["step-000000006.png"])
        let lines = try String(contentsOfFile: "\(run)/progress.jsonl", encoding: .utf8).split(separator: "\n")
        let last = try #require(lines.last)
        let record = try JSONDecoder().decode([String: Double].self, from: Data(last.utf8))
        #expect(record["step"] == 6)
        #expect((record["loss"] ?? .nan) > 0 && (record["gradient_norm"] ?? .nan) > 0)
        #expect((record["images_per_second"] ?? .nan) > 0 && (record["learning_rate"] ?? .nan) > 0)
    }

    @Test func aRunStartsFromAnotherModel() throws {
        let folder = TemporaryFolder()
        // A learning rate that moves nothing: what is left is the model that it started from.
        try train(folder.path("run"), steps: 1, "--init", TinyModel.path, "--learning-rate", "1e-30")
        let started = try TensorFile(folder.path("run") + "/model/diffusion_pytorch_model.safetensors")
        #expect(started.entries == (try TensorFile(TinyModel.weightsPath)).entries)
    }

    @Test func aDamagedCheckpointIsNamedAndTheOneBeforeItStillResumes() throws {
        let folder = TemporaryFolder()
        try train(folder.path("run"), steps: 6, "--checkpoint-every", "4")
        let newest = folder.path("run/checkpoints/step-000000006")
        let weights = URL(fileURLWithPath: newest + "/diffusion_pytorch_model.safetensors")
        try Data(contentsOf: weights).prefix(9999).write(to: weights)
        let arguments = ["pretrain", "--resume", folder.path("run"), "--steps", "8", "--sample-every", "0"]
        let refused = try Greendiff.run(arguments)
        #expect(refused.status == 1 && refused.errors.contains(newest) && refused.errors.contains("--from-step 4"))

        #expect(try Greendiff.run(arguments + ["--from-step", "4"]).status == 0)
        try train(folder.path("whole"), steps: 8)
        #expect(try self.weights(folder.path("run")) == self.weights(folder.path("whole")))
    }

    @Test func aModelThatIsGoneIsWrittenAgainAlsoWhenAllStepsAreDone() throws {
        let folder = TemporaryFolder()
        try train(folder.path("run"), steps: 4)
        let before = try weights(folder.path("run"))
        try FileManager.default.removeItem(atPath: folder.path("run/model"))
        #expect(try Greendiff.run("pretrain", "--resume", folder.path("run")).status == 0)
        #expect(try weights(folder.path("run")) == before)
    }

    @Test func aResumedRunKeepsItsIntervalsAndDrawsTheGridThatIsDue() throws {
        let folder = TemporaryFolder()
        let run = folder.path("run")
        try train(run, steps: 4, "--checkpoint-every", "2", "--evaluate-every", "2")
        #expect(try Greendiff.run("pretrain", "--resume", run, "--sample-every", "4").status == 0)
        #expect(FileManager.default.fileExists(atPath: "\(run)/samples/step-000000004.png"))
        #expect(try Greendiff.run("pretrain", "--resume", run, "--steps", "8").status == 0)
        let files = RunFiles(path: run, kind: .pretraining)
        #expect(files.sampleNumbers() == [4, 8] && files.checkpointNumbers() == [6, 8])
        let records = try files.progress()
        #expect(records.map(\.step) == [2, 4, 6, 8] && records.allSatisfy { $0.lossHeldOut != nil })
        #expect(try String(contentsOfFile: files.reportPath, encoding: .utf8).contains("Step 8: held-out loss"))
        #expect(try String(contentsOfFile: files.summaryPath, encoding: .utf8).contains(#""steps_completed" : 8"#))
    }

    @Test func imagesMayMoveButNotChange() throws {
        let folder = TemporaryFolder()
        #expect(
            try Greendiff.run(
                "sample", "--checkpoint", TinyModel.path, "--count", "6", "--steps", "2", "--images", folder.path("a"), "--out",
                folder.path("a.png")
            ).status == 0)
        let run = folder.path("run")
        try train(run, steps: 2, "--data", "folder:\(folder.path("a"))")
        try FileManager.default.moveItem(atPath: folder.path("a"), toPath: folder.path("b"))
        let arguments = ["pretrain", "--resume", run, "--steps", "3", "--data", "folder:\(folder.path("b"))"]
        #expect(try Greendiff.run(arguments).status == 0)
        try FileManager.default.copyItem(atPath: folder.path("b/00000.png"), toPath: folder.path("b/00003a.png"))
        let refused = try Greendiff.run("pretrain", "--resume", run, "--steps", "4")
        #expect(refused.status == 1 && refused.errors.contains("6 images before, 7 now"), "\(refused.errors)")
        #expect(refused.errors.contains("00003a.png"), "\(refused.errors)")
    }

    @Test func twoProcessesDoNotShareARun() throws {
        let folder = TemporaryFolder()
        let first = try Greendiff.Job(Self.base + ["--steps", "1000000", "--out", folder.path("run")])
        let deadline = Date(timeIntervalSinceNow: 30)
        while !FileManager.default.fileExists(atPath: folder.path("run/progress.jsonl")), Date() < deadline { usleep(20_000) }
        let second = try Greendiff.run(Self.base + ["--steps", "1", "--out", folder.path("run")])
        first.interrupt()
        #expect(second.status == 1 && second.errors.contains("in use by another"))
        #expect(try first.wait().status == 130)
    }
}
