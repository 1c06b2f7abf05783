import GreenDiffusion
import Kernels
import Model
import RunTestSupport
import Storage
import TestSupport
import Testing

/// A frame as a model.
@Suite struct QuantizedModelTests {
    private let folder = TemporaryFolder()

    private func quantized(_ arguments: String...) throws -> String {
        try Folder.create(folder.path("model"))
        for name in ["config.json", "scheduler_config.json", "diffusion_pytorch_model.safetensors"] {
            try AtomicFile.write(try readFile("\(TinyModel.path)/\(name)"), to: folder.path("model/\(name)"))
        }
        let frame = folder.path("model/weights.gduf")
        let result = try Greendiff.run(
            ["quantize", folder.path("model/diffusion_pytorch_model.safetensors"), frame] + arguments)
        #expect(result.status == 0, "\(result.errors)")
        return frame
    }

    @Test func imagesAreThoseOfTheUnpackedWeights() throws {
        let frame = try quantized("--bits", "6", "--grid", "zero", "--group-size", "64")
        let unpacked = folder.path("unpacked")
        try Folder.create(unpacked)
        for name in ["config.json", "scheduler_config.json"] {
            try AtomicFile.write(try folder.bytes(of: "model/\(name)"), to: "\(unpacked)/\(name)")
        }
        _ = try Greendiff.run("dequantize", frame, "\(unpacked)/diffusion_pytorch_model.safetensors")
        for (source, name) in [(frame, "frame"), (unpacked, "dequantized"), (folder.path("model"), "exact")] {
            let result = try Greendiff.run(
                "sample", "--checkpoint", source, "--sampler", "dpm++", "--steps", "2", "--count", "2", "--tensors",
                folder.path(name))
            #expect(result.status == 0, "\(result.errors)")
        }
        #expect(try folder.bytes(of: "frame") == (try folder.bytes(of: "dequantized")))
        #expect(try folder.bytes(of: "frame") != (try folder.bytes(of: "exact")))
    }

    @Test func theConfigurationMustLieBesideIt() throws {
        let frame = try quantized("--bits", "4")
        let alone = folder.path("alone.gduf")
        try AtomicFile.write(try readFile(frame), to: alone)
        let result = try Greendiff.run("sample", "--checkpoint", alone, "--out", folder.path("x.png"))
        #expect(result.status == 1 && result.errors.contains("config.json"))
    }

    @Test func imagesStartFromTheNoiseOfAFile() throws {
        let frame = try quantized("--bits", "8")
        let noise = Tensor(shape: [2, 3, 8, 8])
        noise.fillNormal(CounterRandom(seed: 9, stream: .sampling, item: 1))
        try writeSafetensors([NamedTensor("noise", noise)], to: folder.path("noise"))
        func tensors(_ arguments: String..., to name: String) throws -> CommandResult {
            try Greendiff.run(
                [
                    "sample", "--checkpoint", frame, "--steps", "3", "--noise", folder.path("noise"), "--tensors",
                    folder.path(name),
                ]
                    + arguments)
        }
        #expect(try tensors("--count", "2", to: "first").status == 0)
        #expect(try tensors("--count", "2", "--seed", "5", to: "second").status == 0)
        #expect(try folder.bytes(of: "first") == (try folder.bytes(of: "second")))
        let sample = try SafetensorsReader(path: folder.path("first"))
        #expect(sample.entries.map(\.name) == ["sample"] && sample.entries.first?.shape == [2, 3, 8, 8])
        let other = try tensors("--count", "3", to: "third")
        #expect(other.status == 1 && other.errors.contains("noise"))
    }
}
