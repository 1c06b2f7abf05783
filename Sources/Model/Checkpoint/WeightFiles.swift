import Foundation
import Storage

/// The safetensors files with a model's weights: one, or shards that an index names.
struct WeightFiles {
    let paths: [String]
    /// What is said of the choice, where it is not the usual file.
    let note: String?

    /// The name that diffusers writes.
    static let standardName = "diffusion_pytorch_model.safetensors"
    /// What files of weights are called, without their endings.
    private static let stems = ["diffusion_pytorch_model", "model"]
    private static let ending = ".safetensors"
    /// The largest index that is read.
    private static let indexLimit = 100_000_000

    /// Looks for weights as diffusers does: shards, then one file; then those of a variant (`diffusion_pytorch_model.fp16.safetensors`).
    ///
    /// - Throws: `CheckpointError` that says what the folder has instead, and how to make weights of it.
    init(in folder: String) throws(CheckpointError) {
        let names = Folder.names(in: folder)
        for stem in Self.stems {
            let index = "\(stem)\(Self.ending).index.json"
            if names.contains(index) {
                (paths, note) = (try Self.shards("\(folder)/\(index)", in: folder), nil)
                return
            }
            if names.contains(stem + Self.ending) {
                (paths, note) = (["\(folder)/\(stem)\(Self.ending)"], nil)
                return
            }
        }
        guard let variant = try Self.variant(among: names, folder: folder) else { throw MissingWeights.error(folder, names) }
        (paths, note) = variant
    }

    /// The weights of a variant, fp16 before others.
    private static func variant(
        among names: [String], folder: String
    ) throws(CheckpointError) -> (paths: [String], note: String?)? {
        let variants = names.filter { name in
            let isWeights = name.hasSuffix(ending) && !name.contains("-of-")
            let isIndex = name.contains("\(ending).index.") && name.hasSuffix(".json")
            return (isWeights || isIndex) && stems.contains { name.hasPrefix("\($0).") }
        }
        guard let name = variants.first(where: { $0.contains(".fp16.") }) ?? variants.first else { return nil }
        let path = "\(folder)/\(name)"
        let note = "\(folder) has no \(standardName); \(name) is used"
        return (name.hasSuffix(".json") ? try shards(path, in: folder) : [path], note)
    }

    /// The files that an index names: plain names, so that they lie in the same folder.
    private static func shards(_ index: String, in folder: String) throws(CheckpointError) -> [String] {
        let value = try readJSON(index, limit: indexLimit)
        guard case .object(let fields) = value, case .object(let map)? = fields["weight_map"], !map.isEmpty else {
            throw .malformed(path: index, detail: "it has no weight_map from tensors to files")
        }
        var shards: Set<String> = []
        for (tensor, file) in map {
            guard case .string(let name) = file, !name.hasPrefix("."), name.hasSuffix(ending),
                !name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 })
            else {
                throw .malformed(
                    path: index, detail: "its file \(file) for tensor \(tensor) is not the plain name of a safetensors file")
            }
            shards.insert(name)
        }
        for name in shards.sorted() where !FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
            throw .notACheckpoint(
                folder: folder, lacks: name, has: CheckpointFiles.contents(of: folder),
                wayOut: "\(index) names it as one of \(shards.count) shards: copy or download it there")
        }
        return shards.sorted().map { "\(folder)/\($0)" }
    }
}

/// What to do about a folder that has a model's configuration but no weights that can be read.
private enum MissingWeights {
    static func error(_ folder: String, _ names: [String]) -> CheckpointError {
        .notACheckpoint(
            folder: folder, lacks: WeightFiles.standardName, has: CheckpointFiles.contents(of: folder),
            wayOut: wayOut(folder, names))
    }

    private static func wayOut(_ folder: String, _ names: [String]) -> String {
        func file(_ prefix: String, _ suffix: String) -> String? {
            names.first { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }
        }
        if file("diffusion_pytorch_model.bin", "") != nil || file("diffusion_pytorch_model-", ".bin") != nil {
            return convert(folder, "UNet2DModel.from_pretrained('\(folder)', use_safetensors=False)")
        }
        if let name = file("diffusion_pytorch_model.", ".bin") {
            let variant = name.split(separator: ".").dropFirst().first ?? "fp16"
            return convert(folder, "UNet2DModel.from_pretrained('\(folder)', use_safetensors=False, variant='\(variant)')")
        }
        if file("", ".msgpack") != nil { return convert(folder, "UNet2DModel.from_pretrained('\(folder)', from_flax=True)") }
        if let name = [".bin", ".pt", ".pth", ".ckpt"].compactMap({ file("", $0) }).first {
            return "convert it once: python -c \"import torch, safetensors.torch as s; "
                + "s.save_file(torch.load('\(folder)/\(name)', weights_only=True), '\(folder)/\(WeightFiles.standardName)')\""
        }
        if let name = file("", ".safetensors") { return "rename \(name) if it has the model's weights" }
        return "copy or download it there"
    }

    private static func convert(_ folder: String, _ model: String) -> String {
        "convert it once: python -c \"from diffusers import UNet2DModel; \(model).save_pretrained('\(folder)')\""
    }
}
