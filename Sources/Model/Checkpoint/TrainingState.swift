import Foundation
import Kernels
import Storage

/// What a training run needs beside the model to go on: flat buffers like the parameters, and counters.
///
/// In the checkpoint's directory: `training_state.safetensors`, the tensors of each buffer as `BUFFER.PARAMETER`, and `state.json`.
package struct TrainingState {
    /// Buffers `(P)` by name, e.g. `first_moment`, `second_moment`, `average`.
    package var buffers: [String: Tensor]
    /// Counters by name, e.g. `round`, `optimizer_steps`. The seed's bits are among them as `seed`.
    package var counters: [String: Int]

    package init(buffers: [String: Tensor] = [:], counters: [String: Int] = [:]) {
        (self.buffers, self.counters) = (buffers, counters)
    }

    /// Whether `directory` holds a training state.
    package static func exists(in directory: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(directory)/state.json")
    }

    /// Reads the state in `directory`, whose model has `layout`.
    package init(directory: String, layout: ParameterLayout) throws(CheckpointError) {
        let path = "\(directory)/state.json"
        guard case .object(let fields) = try readJSON(path) else {
            throw .malformed(path: path, detail: "it is not a JSON object")
        }
        counters = [:]
        for (name, value) in fields where name != "buffers" {
            guard case .integer(let count) = value else {
                throw .malformed(path: path, detail: "\(name) = \(value) is not an integer")
            }
            counters[name] = count
        }
        guard case .array(let names)? = fields["buffers"] else {
            throw .malformed(path: path, detail: "the list of buffers is missing")
        }
        let tensors = try TensorTable([SafetensorsReader(path: "\(directory)/training_state.safetensors")])
        buffers = [:]
        for case .string(let name) in names { buffers[name] = try tensors.read(layout, prefix: "\(name).") }
    }

    /// Writes the state into `directory`, which must exist; `state.json` last.
    package func write(to directory: String, layout: ParameterLayout) throws(FileError) {
        let names = buffers.keys.sorted()
        var tensors: [NamedTensor] = []
        for name in names {
            guard let buffer = buffers[name] else { continue }
            tensors += ParameterFile.tensors(buffer, layout: layout, prefix: "\(name).")
        }
        try writeSafetensors(tensors, to: "\(directory)/training_state.safetensors")
        var fields = counters.mapValues(JSONValue.integer)
        fields["buffers"] = .array(names.map(JSONValue.string))
        try AtomicFile.write(JSONValue.object(fields).text, to: "\(directory)/state.json")
    }
}
