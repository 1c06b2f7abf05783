import GreenDiffusion
import Model
import Report

/// A safetensors file, verified: the header, and every floating-point value finite.
struct TensorFileReport: Inspected {
    struct TensorLine: Encodable {
        let name: String
        let type: String
        let shape: [Int]
    }

    let kind = "safetensors"
    let path: String
    let parameterCount: Int
    let tensors: [TensorLine]

    init(_ reader: SafetensorsReader) throws {
        for entry in reader.entries where entry.type.isReadAsFloats {
            let values = try reader.readFloats(entry)
            if let index = values.firstNonFinite {
                throw CheckpointError.nonFinite(path: reader.path, tensor: entry.name, index: index, value: values[index])
            }
        }
        path = reader.path
        parameterCount = reader.entries.reduce(0) { $0 + $1.count }
        tensors = reader.entries.map { TensorLine(name: $0.name, type: $0.type.rawValue, shape: $0.shape) }
    }

    var lines: [(String, String)] {
        [("file", "\(path), \(Quantity.count(parameterCount)) values in \(tensors.count) tensors, verified")]
            + tensors.map { (" ", "\($0.name) \($0.type) \($0.shape)") }
    }
}
