import Foundation
import ImageFiles
import RunTestSupport
import TestSupport
import Testing

/// Classes on the command line: `pretrain --conditional`, `sample --class`, `predict` and `gradients` with labels.
@Suite struct ConditionalCommandTests {
    private static let training = [
        "pretrain", "--preset", "tiny", "--batch-size", "2", "--sample-every", "0", "--conditional", "--label-dropout", "0.3",
    ]
    private static let run: Result<TemporaryFolder, any Error> = Result {
        let folder = TemporaryFolder()
        let result = try Greendiff.run(training + ["--steps", "6", "--threads", "1", "--out", folder.path("run")])
        guard result.status == 0 else { throw Failed(errors: result.errors) }
        return folder
    }
    private struct Failed: Error { let errors: String }
    private let folder = TemporaryFolder()

    private var model: String { get throws { try Self.run.get().path("run/model") } }

    private func files(_ path: String, _ names: [String]) throws -> [Data] {
        try names.map { try Data(contentsOf: URL(fileURLWithPath: "\(path)/\($0)")) }
    }

    private func refuse(_ arguments: [String], status: Int32 = 1, _ words: String...) throws {
        let result = try Greendiff.run(arguments)
        #expect(result.status == status, "\(arguments): \(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        for text in words { #expect(result.errors.contains(text), "\(text): \(result.errors)") }
    }

    @Test func aResumedRunEqualsAnUninterruptedOne() throws {
        let parts = folder.path("parts")
        #expect(try Greendiff.run(Self.training + ["--steps", "3", "--threads", "2", "--out", parts]).status == 0)
        let resumed = try Greendiff.run("pretrain", "--resume", parts, "--steps", "6", "--sample-every", "0")
        #expect(resumed.status == 0, "\(resumed.errors)")
        let names = ["diffusion_pytorch_model.safetensors", "classes.json", "config.json"]
        #expect(try files("\(parts)/model", names) == files(model, names))
        try refuse(["pretrain", "--resume", parts, "--conditional"], status: 64, "--resume keeps the run's own --conditional")
        try refuse(
            ["pretrain", "--out", folder.path("new"), "--label-dropout", "0.2"], status: 64, "goes with --conditional")
    }

    @Test func aFrameKeepsTheClassesOfTheModelBesideIt() throws {
        let (frame, weights) = (folder.path("weights.gduf"), "\(try model)/diffusion_pytorch_model.safetensors")
        #expect(try Greendiff.run("quantize", weights, frame, "--bits", "8").status == 0)
        for name in ["config.json", "scheduler_config.json", "classes.json"] {
            try FileManager.default.copyItem(atPath: "\(try model)/\(name)", toPath: folder.path(name))
        }
        let result = try Greendiff.run(
            "sample", "--checkpoint", frame, "--class", "stop", "--guidance", "2", "--steps", "2", "--count", "1", "--images",
            folder.path("drawn"))
        #expect(result.status == 0 && result.output.contains("class   stop"), "\(result.errors)")
    }

    @Test func classesAreDrawnByNameOrNumber() throws {
        let names = try JSONDecoder().decode([String].self, from: Data(contentsOf: URL(fileURLWithPath: "\(model)/classes.json")))
        let stop = try #require(names.firstIndex(of: "stop"))
        func draw(_ folderName: String, _ more: String...) throws -> String {
            let result = try Greendiff.run(
                ["sample", "--checkpoint", try model, "--steps", "3", "--images", folder.path(folderName)] + more)
            #expect(result.status == 0, "\(result.errors)")
            return result.output
        }
        let output = try draw("names", "--class", "limit 30, stop", "--count", "3", "--out", folder.path("grid.png"))
        #expect(output.contains("class   limit 30 (1): images 0 to 2\nclass   stop (\(stop)): images 3 to 5\n"), "\(output)")
        _ = try draw("number", "--class", "\(stop)", "--count", "2", "--threads", "1")
        _ = try draw("none", "--count", "2")
        _ = try draw("guided", "--class", "stop", "--count", "2", "--guidance", "3")
        let number = try files(folder.path("number"), ["00000.png", "00001.png"])
        #expect(try files(folder.path("names"), ["00003.png", "00004.png"]) == number)
        #expect(try files(folder.path("names"), ["00000.png", "00001.png"]) != number)
        #expect(try files(folder.path("none"), ["00000.png", "00001.png"]) != number)
        #expect(try files(folder.path("guided"), ["00000.png", "00001.png"]) != number)
        let grid = try ImageFile.read(folder.path("grid.png")).image
        #expect(grid.height == 2 * (8 + 2 * 2) * 8 && grid.width > 3 * 8 * 8 + 60)
        let all = try draw("all", "--class", "all", "--count", "1").split(separator: "\n")
        #expect(all.count { $0.hasPrefix("class ") } == names.count && all.contains { $0.hasSuffix("FLOP an image (executed)") })
    }

    @Test func classesAndGuidanceThatAModelDoesNotHaveAreRefused() throws {
        let sample = ["sample", "--checkpoint", try model, "--out", folder.path("x.png"), "--steps", "2", "--count", "1"]
        try refuse(sample + ["--class", "stpo"], "--class stpo is not a class of", "did you mean stop?")
        try refuse(sample + ["--class", "xylophone"], "or a name: limit 20, limit 30", "more")
        try refuse(sample + ["--class", "stop,999"], "--class 999 is outside 0...")
        try refuse(sample + ["--class", "stop,"], status: 64, "--class stop, has an empty name")
        try refuse(sample + ["--guidance", "2"], "--guidance 2.0 has no class to steer to")
        try refuse(sample + ["--class", "stop", "--guidance", "-1"], status: 64, "--guidance -1.0 is outside 0.0...100.0")
        let plain = ["sample", "--checkpoint", try TinyModel.path, "--out", folder.path("x.png"), "--count", "1"]
        try refuse(plain + ["--class", "stop"], "--class stop", "unconditional")
        try refuse(plain + ["--guidance", "2"], "--guidance 2.0", "unconditional")
        #expect(!FileManager.default.fileExists(atPath: folder.path("x.png")))
    }

    @Test func passesTakeLabels() throws {
        var tensors = TensorFile()
        let values = (0..<384).map { (index: Int) -> Float in Float(sin(Double(index * index % 1009))) }
        tensors.set("sample", [2, 3, 8, 8], values)
        tensors.set("noise", [2, 3, 8, 8], values.map { -$0 })
        tensors.set("timestep", timesteps: [7, 640])
        func arguments(_ command: String, _ labels: [Int64]?, _ checkpoint: String) throws -> [String] {
            var input = tensors
            if let labels { input.set("class_labels", timesteps: labels) }
            try input.write(to: folder.path("in"))
            return [command, "--checkpoint", checkpoint, "--input", folder.path("in"), "--output", folder.path("out")]
        }
        func noise(_ labels: [Int64]) throws -> [Float] {
            let result = try Greendiff.run(arguments("predict", labels, model))
            #expect(result.status == 0, "\(result.errors)")
            return try TensorFile(folder.path("out")).floats("noise")
        }
        let (first, second) = (try noise([3, 5]), try noise([3, 6]))
        #expect(first.prefix(3 * 64) == second.prefix(3 * 64) && first.suffix(3 * 64) != second.suffix(3 * 64))
        #expect(try Greendiff.run(arguments("gradients", [3, 5], model)).status == 0)
        let gradients = try TensorFile(folder.path("out"))
        let table = gradients.floats("class_embedding.weight")
        #expect(gradients.entries["class_embedding.weight"]?.shape == [table.count / 32, 32])
        let moved = Set(table.indices.filter { table[$0] != 0 }.map { $0 / 32 })
        #expect(moved == [3, 5])
        for command in ["predict", "gradients"] {
            try refuse(arguments(command, nil, model), "class_labels is missing, and this model is conditional")
            try refuse(arguments(command, [3, 500], model), "class_labels holds 500; labels are 0...")
            try refuse(arguments(command, [3], model), "class_labels has shape [1]")
            try refuse(arguments(command, [3, 5], TinyModel.path), "class_labels is for conditional models")
        }
    }

    @Test func inspectNamesTheClasses() throws {
        let text = try Greendiff.run("inspect", model)
        #expect(text.status == 0 && text.output.contains("limit 20, limit 30"), "\(text.errors)")
        let json = try JSONSerialization.jsonObject(with: Data(Greendiff.run("inspect", model, "--json").output.utf8))
        let fields = try #require(json as? [String: Any])
        let classes = try #require(fields["classes"] as? [String])
        #expect(fields["labels"] as? Int == classes.count + 1)
    }
}
