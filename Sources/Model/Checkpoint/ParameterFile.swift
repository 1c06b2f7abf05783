import Kernels

/// A flat parameter buffer as named tensors of a safetensors file.
enum ParameterFile {
    /// The tensors of `parameters`, each under its name behind `prefix`.
    static func tensors(_ parameters: Tensor, layout: ParameterLayout, prefix: String = "") -> [NamedTensor] {
        layout.entries.map { entry in
            NamedTensor(prefix + entry.name, Tensor(viewOf: parameters, offset: entry.offset, shape: entry.shape))
        }
    }

    /// The flat buffer whose tensors `reader` has, each under its name behind `prefix`. Every shape is checked before anything is
    /// allocated, every value after it is read: it must be finite.
    static func read(
        _ reader: SafetensorsReader, layout: ParameterLayout, prefix: String = ""
    ) throws(CheckpointError) -> Tensor {
        let stored = Dictionary(reader.entries.map { (modernName($0.name), $0) }) { first, _ in first }
        var sources: [SafetensorsEntry] = []
        for entry in layout.entries {
            guard let source = stored[prefix + entry.name] else {
                throw .missingTensor(path: reader.path, tensor: prefix + entry.name)
            }
            guard source.shape == entry.shape else {
                throw .shapeMismatch(path: reader.path, tensor: source.name, expected: entry.shape, found: source.shape)
            }
            sources.append(source)
        }
        let parameters = Tensor(shape: [layout.parameterCount])
        for (entry, source) in zip(layout.entries, sources) {
            let tensor = Tensor(viewOf: parameters, offset: entry.offset, shape: entry.shape)
            try reader.readFloats(source, into: tensor)
            if let index = tensor.firstNonFinite {
                throw .nonFinite(path: reader.path, tensor: source.name, index: index, value: tensor[index])
            }
        }
        return parameters
    }

    /// Attention parameters had other names before diffusers 0.17.
    static func modernName(_ name: String) -> String {
        guard name.contains("attentions."), let dot = name.lastIndex(of: ".") else { return name }
        let (module, parameter) = (name[..<dot], name[dot...])
        for (old, new) in [("query", "to_q"), ("key", "to_k"), ("value", "to_v"), ("proj_attn", "to_out.0")]
        where module.hasSuffix("." + old) {
            return module.dropLast(old.count) + new + parameter
        }
        return name
    }
}

extension Tensor {
    /// Index of the first NaN or infinity, nil where all elements are finite.
    package var firstNonFinite: Int? {
        withSpan { elements in
            for index in elements.indices where !elements[index].isFinite { return index }
            return nil
        }
    }
}
