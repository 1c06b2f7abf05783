import Foundation
import RunTestSupport
import TestSupport
import Testing

@Suite struct SampleCommandTests {
    private func draw(_ checkpoint: String, _ more: String...) throws {
        let result = try Greendiff.run(["sample", "--checkpoint", checkpoint, "--steps", "4"] + more)
        #expect(result.status == 0, "\(result.errors)")
    }

    private func images(_ folder: String) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return Dictionary(
            uniqueKeysWithValues: try names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))) })
    }

    @Test(arguments: ["ddim", "ddpm"]) func anImageDependsOnItsNumberNotOnHowManyAreDrawn(sampler: String) throws {
        let folder = TemporaryFolder()
        try draw(TinyModel.path, "--sampler", sampler, "--count", "19", "--images", folder.path("many"), "--threads", "2")
        try draw(TinyModel.path, "--sampler", sampler, "--count", "3", "--images", folder.path("few"), "--threads", "1")
        let (many, few) = try (images(folder.path("many")), images(folder.path("few")))
        #expect(many.count == 19 && few.keys.sorted() == ["00000.png", "00001.png", "00002.png"])
        for (name, image) in few { #expect(many[name] == image, "\(name)") }
        #expect(Set(many.values).count == 19)
    }

    @Test func seedsAndSamplersGiveDifferentGrids() throws {
        let folder = TemporaryFolder()
        try draw(TinyModel.path, "--count", "4", "--out", folder.path("a.png"))
        try draw(TinyModel.path, "--count", "4", "--out", folder.path("b.png"), "--seed", "1")
        try draw(TinyModel.path, "--count", "4", "--out", folder.path("c.png"), "--sampler", "ddpm")
        let grids = try images(folder.path)
        #expect(Set(grids.values).count == 3)
        for grid in grids.values { #expect(grid.starts(with: [0x89, 0x50, 0x4E, 0x47])) }
    }

    @Test func trainingCheckpointsAndRunsDrawWithTheAveragedWeights() throws {
        let folder = TemporaryFolder()
        try draw(TinyModel.path, "--count", "2", "--out", folder.path("model.png"))
        try draw(TinyModel.checkpointPath, "--count", "2", "--out", folder.path("checkpoint.png"))
        try draw(TinyModel.runPath, "--count", "2", "--out", folder.path("run.png"))
        #expect(Set(try images(folder.path).values).count == 1)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: TinyModel.weightsPath))
                != Data(contentsOf: URL(fileURLWithPath: TinyModel.checkpointPath + "/diffusion_pytorch_model.safetensors")))
    }
}
