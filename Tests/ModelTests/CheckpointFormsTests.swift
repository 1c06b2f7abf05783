import Foundation
import Kernels
import Model
import Storage
import TestSupport
import Testing

/// One model, made by diffusers, in every form in which people have it.
@Suite struct CheckpointFormsTests {
    private let folder: TemporaryFolder
    private let plain: Checkpoint

    init() throws {
        folder = TemporaryFolder()
        plain = try Checkpoint(directory: fixturePath("checkpoints/plain"))
    }

    private func copy(_ form: String, to name: String) throws {
        let target = folder.path(name)
        try Folder.create(Folder.parent(of: target))
        try FileManager.default.copyItem(atPath: fixturePath("checkpoints/\(form)"), toPath: target)
    }

    private func move(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: folder.path(name), toPath: folder.path(other))
    }

    /// The checkpoint at `path` has the model of `plain`.
    private func expectPlain(_ path: String, notes: Int = 0, _ location: SourceLocation = #_sourceLocation) throws {
        let read = try Checkpoint(directory: path)
        #expect(read.configuration == plain.configuration, sourceLocation: location)
        #expect(read.parameters.values == plain.parameters.values, sourceLocation: location)
        #expect(read.notes.count == notes, "\(read.notes)", sourceLocation: location)
    }

    private func refusal(_ path: String) -> String {
        let error = #expect(throws: CheckpointError.self) { try Checkpoint(directory: path) }
        return "\(String(describing: error))"
    }

    @Test(arguments: [("plain", 0), ("averaged", 1), ("pipeline", 2), ("pipeline/unet", 2), ("shards", 0), ("variant", 1)])
    func whatDiffusersWritesIsRead(form: String, notes: Int) throws {
        try expectPlain(fixturePath("checkpoints/\(form)"), notes: notes)
    }

    @Test func theSolversNoiseScheduleIsRead() throws {
        for name in ["checkpoints/pipeline", "checkpoints/pipeline/unet"] {
            let scheduler = try Checkpoint(directory: fixturePath(name)).scheduler
            var expected = SchedulerConfiguration()
            expected.timestepSpacing = .linspace
            #expect(scheduler == expected)
        }
    }

    @Test func averagedWeightsAloneAreRead() throws {
        try copy("averaged", to: "checkpoint-500/unet_ema")
        try expectPlain(folder.path("checkpoint-500"), notes: 1)
    }

    @Test func theHubsCacheIsRead() throws {
        let model = "models--me--signs"
        try copy("shards", to: "\(model)/snapshots/aaaa")
        try expectPlain(folder.path(model))
        try copy("pipeline", to: "\(model)/snapshots/bbbb")
        #expect(refusal(folder.path(model)).contains("aaaa, bbbb"))
        try Folder.create(folder.path("\(model)/refs"))
        _ = try folder.write(Array("bbbb\n".utf8), to: "\(model)/refs/main")
        try expectPlain(folder.path(model), notes: 2)
    }

    @Test func otherFileNamesAreRead() throws {
        try copy("plain", to: "model")
        try move("model/diffusion_pytorch_model.safetensors", to: "model/model.safetensors")
        try expectPlain(folder.path("model"))
        try move("model/model.safetensors", to: "model/diffusion_pytorch_model.fp16.safetensors")
        let notes = try Checkpoint(directory: folder.path("model")).notes
        #expect(notes.first?.contains("diffusion_pytorch_model.fp16.safetensors is used") == true)
    }

    @Test(arguments: ["module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module.", "model.", "unet._orig_mod."])
    func prefixesOfAllNamesAreDropped(prefix: String) throws {
        try copy("plain", to: "model")
        func write(_ name: (Int, String) -> String) throws {
            let layout = plain.configuration.parameterLayout
            let tensors = layout.entries.enumerated().map { index, entry in
                NamedTensor(
                    name(index, entry.name), Tensor(viewOf: plain.parameters, offset: entry.offset, shape: entry.shape))
            }
            try writeSafetensors(tensors, to: folder.path("model/diffusion_pytorch_model.safetensors"))
        }
        try write { prefix + $1 }
        try expectPlain(folder.path("model"), notes: 1)
        try write { $0 == 0 ? $1 : prefix + $1 }
        #expect(refusal(folder.path("model")).contains("has no place"))
    }

    @Test(arguments: ["../shard.safetensors", "/tmp/a.safetensors", ".hidden.safetensors", "shard.bin", "a/b.safetensors"])
    func shardsLieInTheFolder(name: String) throws {
        try copy("shards", to: "model")
        let path = folder.path("model/diffusion_pytorch_model.safetensors.index.json")
        let text = try String(contentsOfFile: path, encoding: .utf8)
            .replacingOccurrences(of: "diffusion_pytorch_model-00002-of-00002.safetensors", with: name)
        try AtomicFile.write(text, to: path)
        #expect(refusal(folder.path("model")).contains("not the plain name"))
    }

    @Test func aMissingOrDoubleShardIsNamed() throws {
        try copy("shards", to: "model")
        let (first, second) = (1, 2)
        func shard(_ number: Int) -> String { "model/diffusion_pytorch_model-0000\(number)-of-00002.safetensors" }
        try move(shard(second), to: "elsewhere")
        #expect(refusal(folder.path("model")).contains("00002-of-00002"))
        try FileManager.default.copyItem(atPath: folder.path(shard(first)), toPath: folder.path(shard(second)))
        #expect(refusal(folder.path("model")).contains("second tensor"))
    }

    @Test(arguments: [
        ("diffusion_pytorch_model.bin", "use_safetensors=False).save_pretrained"),
        ("diffusion_pytorch_model-00001-of-00002.bin", "use_safetensors=False).save_pretrained"),
        ("diffusion_pytorch_model.fp16.bin", "variant='fp16'"), ("checkpoint.ckpt", "torch.load"),
        ("diffusion_flax_model.msgpack", "from_flax=True"), ("weights.safetensors", "rename weights.safetensors"),
        ("notes.txt", "copy or download"),
    ])
    func missingWeightsHaveAWayOut(name: String, wayOut: String) throws {
        try copy("plain", to: "model")
        try move("model/diffusion_pytorch_model.safetensors", to: "model/\(name)")
        let text = refusal(folder.path("model"))
        #expect(text.contains(wayOut) && text.contains(name), "\(text)")
    }

    @Test func pointersOfGitLFSAreNamed() throws {
        try copy("plain", to: "model")
        let pointer = Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 142\n".utf8)
        _ = try folder.write(pointer, to: "model/diffusion_pytorch_model.safetensors")
        #expect(refusal(folder.path("model")).contains("git lfs pull"))
    }

    @Test func numbersThatOnlyPythonWritesAreReadWhereTheyDoNotMatter() throws {
        try copy("averaged", to: "model")
        let path = folder.path("model/config.json")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try AtomicFile.write(text.replacingOccurrences(of: "\"power\": 0.6666666666666666", with: "\"power\": NaN"), to: path)
        try expectPlain(folder.path("model"), notes: 1)
        try AtomicFile.write(text.replacingOccurrences(of: "\"norm_eps\": 1e-05", with: "\"norm_eps\": NaN"), to: path)
        #expect(refusal(folder.path("model")).contains("norm_eps = nan"))
    }
}
