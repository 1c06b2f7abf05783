import Kernels
import Storage

/// The tensors of one or several safetensors files, by the names that a model knows them by.
struct TensorTable {
    private struct Source {
        let reader: SafetensorsReader
        let entry: SafetensorsEntry
    }

    private let sources: [UTF8Name: Source]
    /// What the files' names begin with and the table's do not, e.g. `module.`.
    let wrapper: String
    /// For messages about a tensor that is nowhere.
    private let path: String

    /// - Parameters:
    ///   - readers: at least one (precondition).
    ///   - unwrapping: whether to drop what wrappers of a model put before all names.
    /// - Throws: `CheckpointError.malformed` where two tensors have one name.
    init(_ readers: [SafetensorsReader], unwrapping: Bool = false) throws(CheckpointError) {
        precondition(!readers.isEmpty, "no file")
        path = readers[0].path
        wrapper = unwrapping ? Self.wrapper(of: readers.flatMap { $0.entries.map(\.name) }) : ""
        var sources: [UTF8Name: Source] = [:]
        for reader in readers {
            for entry in reader.entries {
                let bare = String(decoding: entry.name.utf8.dropFirst(wrapper.utf8.count), as: UTF8.self)
                let name = ParameterFile.modernName(bare)
                guard sources.updateValue(Source(reader: reader, entry: entry), forKey: UTF8Name(name)) == nil else {
                    throw .malformed(path: reader.path, detail: "it has a second tensor \(name)")
                }
            }
        }
        self.sources = sources
    }

    /// The first tensor, in the order of names, that has no place in `layout`.
    func unexpectedTensor(in layout: ParameterLayout) -> CheckpointError? {
        let names = Set(layout.entries.map { UTF8Name($0.name) })
        guard let name = sources.keys.filter({ !names.contains($0) }).min(), let source = sources[name] else { return nil }
        return .unexpectedTensor(path: source.reader.path, tensor: source.entry.name)
    }

    /// The flat buffer whose tensors the table has, each under its name behind `prefix`. Every shape is checked before anything is
    /// allocated, every value after it is read: it must be finite.
    func read(_ layout: ParameterLayout, prefix: String = "") throws(CheckpointError) -> Tensor {
        var found: [Source] = []
        for entry in layout.entries {
            guard let source = sources[UTF8Name(prefix + entry.name)] else {
                throw .missingTensor(path: path, tensor: prefix + entry.name)
            }
            guard source.entry.shape == entry.shape else {
                throw .shapeMismatch(
                    path: source.reader.path, tensor: source.entry.name, expected: entry.shape, found: source.entry.shape)
            }
            found.append(source)
        }
        let parameters = Tensor(shape: [layout.parameterCount])
        for (entry, source) in zip(layout.entries, found) {
            let tensor = Tensor(viewOf: parameters, offset: entry.offset, shape: entry.shape)
            try source.reader.readFloats(source.entry, into: tensor)
            if let index = tensor.firstNonFinite {
                throw .nonFinite(path: source.reader.path, tensor: source.entry.name, index: index, value: tensor[index])
            }
        }
        return parameters
    }

    /// What wrappers put before every name, one inside the other: `DistributedDataParallel`, `torch.compile`, a class that holds the model.
    private static func wrapper(of names: [String]) -> String {
        var wrapper = ""
        while let next = ["module.", "_orig_mod.", "model.", "unet."].first(where: { part in
            !names.isEmpty && names.allSatisfy { $0.utf8.starts(with: (wrapper + part).utf8) }
        }) {
            wrapper += next
        }
        return wrapper
    }
}
