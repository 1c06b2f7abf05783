import Kernels

/// A flat parameter buffer as named tensors of a safetensors file.
enum ParameterFile {
    /// The tensors of `parameters`, each under its name behind `prefix`.
    static func tensors(_ parameters: Tensor, layout: ParameterLayout, prefix: String = "") -> [NamedTensor] {
        layout.entries.map { entry in
            NamedTensor(prefix + entry.name, Tensor(viewOf: parameters, offset: entry.offset, shape: entry.shape))
        }
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
