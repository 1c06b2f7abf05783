import Foundation
import Kernels

/// `Fixtures/operations.safetensors`, made by `scripts/make-fixtures`: tensors by name, CASE.TENSOR.
struct OperationFixture {
    private struct Entry: Decodable {
        let shape: [Int]
        let offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case shape
            case offsets = "data_offsets"
        }
    }

    private let entries: [String: Entry]
    private let values: Data

    init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/operations.safetensors")
        let data = try Data(contentsOf: file)
        let headerBytes = data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        entries = try JSONDecoder().decode([String: Entry].self, from: data[8..<(8 + headerBytes)])
        values = data[(8 + headerBytes)...]
    }

    /// A fixture that does not exist is a mistake in the test: the subscript traps.
    subscript(name: String) -> Tensor {
        guard let entry = entries[name] else { preconditionFailure("no fixture \(name)") }
        let start = values.startIndex + entry.offsets[0]
        let count = entry.shape.reduce(1, *)
        let floats = (0..<count).map { index in
            let bytes = values[(start + 4 * index)..<(start + 4 * index + 4)]
            return Float(bitPattern: bytes.enumerated().reduce(0) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) })
        }
        return Tensor(shape: entry.shape, values: floats)
    }
}
