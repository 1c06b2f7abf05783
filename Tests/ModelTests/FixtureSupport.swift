import Foundation
import Kernels
import Model

/// A file or folder of `Fixtures`, made by `scripts/make-fixtures`.
func fixturePath(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
}

/// The tensors of a safetensors fixture.
struct Fixture {
    private let reader: SafetensorsReader

    init(_ name: String) throws { reader = try SafetensorsReader(path: fixturePath(name)) }

    var names: [String] { reader.entries.map(\.name) }

    func tensor(_ name: String) throws -> Tensor { try reader.readFloats(entry(name)) }

    /// Values of type F64.
    func doubles(_ name: String) throws -> [Double] {
        try reader.readBytes(entry(name)).withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 8).map { place in
                Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
            }
        }
    }

    func integers(_ name: String) throws -> [Int] { try reader.readInt64(entry(name)).map { Int($0) } }

    /// Activations as (N, H, W, C); the file has (N, C, H, W).
    func images(_ name: String) throws -> Tensor { channelsLast(try tensor(name)) }

    private func entry(_ name: String) throws -> SafetensorsEntry {
        guard let entry = reader.entry(name) else {
            throw CheckpointError.missingTensor(path: reader.path, tensor: name)
        }
        return entry
    }
}

/// (N, C, H, W) to (N, H, W, C).
func channelsLast(_ tensor: Tensor) -> Tensor {
    let (batch, channels, height, width) = (tensor.shape[0], tensor.shape[1], tensor.shape[2], tensor.shape[3])
    let output = Tensor(shape: [batch, height, width, channels])
    for n in 0..<batch {
        for c in 0..<channels {
            for pixel in 0..<(height * width) {
                output[(n * height * width + pixel) * channels + c] = tensor[(n * channels + c) * height * width + pixel]
            }
        }
    }
    return output
}
