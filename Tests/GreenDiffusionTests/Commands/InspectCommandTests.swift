import Foundation
import RunTestSupport
import TestSupport
import Testing

@Suite struct InspectCommandTests {
    private func inspect(_ path: String) throws -> [String: Any] {
        let result = try Greendiff.run("inspect", path, "--json")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        return try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any] ?? [:]
    }

    @Test func frames() throws {
        let folder = TemporaryFolder()
        #expect(try Greendiff.run("quantize", TinyModel.weightsPath, folder.path("frame"), "--bits", "5").status == 0)
        let frame = try inspect(folder.path("frame"))
        #expect(frame["kind"] as? String == "frame")
        #expect(frame["belongs_to_run"] as? Bool == false)
        let tensors = try #require(frame["tensors"] as? [[String: Any]])
        #expect(tensors.allSatisfy { $0["bits"] as? Int == 5 })
        #expect((frame["table"] as? [[String: Any]])?.compactMap { $0["bits"] as? Int } == Array(2...8))
        let shapes = tensors.compactMap { $0["shape"] as? [Int] }
        #expect(shapes.reduce(0) { $0 + $1.reduce(1, *) } == frame["parameter_count"] as? Int)
    }

    @Test func checkpointsAndTensorFiles() throws {
        let (model, file) = try (inspect(TinyModel.path), inspect(TinyModel.weightsPath))
        #expect(model["kind"] as? String == "checkpoint" && file["kind"] as? String == "safetensors")
        #expect(model["sample_size"] as? [Int] == [8, 8])
        #expect(model["parameter_count"] as? Int == file["parameter_count"] as? Int)
        #expect(model["training_state"] == nil)
        let state = try #require(try inspect(TinyModel.checkpointPath)["training_state"] as? [String: Int])
        #expect(state["step"] == 6 && state["optimizer_steps"] == 6)
    }

    @Test func pretrainingRuns() throws {
        let run = try inspect(TinyModel.runPath)
        #expect(run["kind"] as? String == "pretraining")
        #expect((run["settings"] as? [String: Any])?["batch_size"] as? Int == 2)
        #expect(((run["checkpoint"] as? [String: Any])?["training_state"] as? [String: Int])?["step"] == 6)
    }

    @Test func aCheckpointOfAnotherShapeOrWithNaNIsRefused() throws {
        let folder = TemporaryFolder()
        let weights = "/diffusion_pytorch_model.safetensors"
        try FileManager.default.copyItem(atPath: TinyModel.path, toPath: folder.path("model"))
        var tensors = try TensorFile(TinyModel.weightsPath)
        tensors.set("conv_out.bias", [3], [1, .nan, 2])
        try tensors.write(to: folder.path("model") + weights)
        try expectRefusal(folder.path("model"), "conv_out.bias", "nan")
        tensors.set("conv_out.bias", [4], [1, 2, 3, 4])
        try tensors.write(to: folder.path("model") + weights)
        try expectRefusal(folder.path("model"), "conv_out.bias", "[4]")
    }

    /// Every command that opens a model refuses it, with these words.
    private func expectRefusal(_ model: String, _ words: String...) throws {
        for command in [
            ["inspect", model], ["sample", "--checkpoint", model, "--out", model + ".png"],
            ["pretrain", "--init", model, "--out", model + "-run"],
        ] {
            let result = try Greendiff.run(command)
            #expect(result.status == 1 && words.allSatisfy(result.errors.contains), "\(result.errors)")
        }
    }
}
