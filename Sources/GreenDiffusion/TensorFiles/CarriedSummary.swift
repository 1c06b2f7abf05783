import Codec
import Report

/// What a frame carries as it is: tensors that are not coded, and the metadata of its file.
public struct CarriedSummary: Encodable, Sendable {
    /// One tensor, byte for byte.
    public struct TensorLine: Encodable, Sendable {
        /// The tensor's name.
        public let name: String
        /// Its element type, as safetensors files spell it.
        public let type: String
        /// Its extents.
        public let shape: [Int]
        /// Its elements.
        public let bytes: Int
    }

    /// One text of the metadata.
    public struct Text: Encodable, Sendable {
        /// Its name.
        public let name: String
        /// What it says.
        public let text: String
    }

    /// Bytes of the frame that all this takes.
    public let bytes: Int
    /// In the file's order.
    public let tensors: [TensorLine]
    /// In the order of their names.
    public let metadata: [Text]

    /// Of a frame's header.
    package init(_ section: CarriedSection) {
        bytes = section.byteCount
        tensors = section.tensors.map {
            TensorLine(name: $0.name, type: $0.type.rawValue, shape: $0.shape, bytes: $0.bytes.count)
        }
        metadata = section.metadata.map { Text(name: $0.name, text: $0.text) }
    }

    /// `2 tensors (BOOL, I64) and 1 metadata text unchanged, 1.2 kB`; nil for nothing.
    package var text: String? {
        guard bytes > 0 else { return nil }
        let types = Set(tensors.map(\.type)).sorted().joined(separator: ", ")
        let parts = [
            tensors.isEmpty ? nil : "\(tensors.count) \(tensors.count == 1 ? "tensor" : "tensors") (\(types))",
            metadata.isEmpty ? nil : "\(metadata.count) metadata \(metadata.count == 1 ? "text" : "texts")",
        ]
        return "\(parts.compactMap(\.self).joined(separator: " and ")) unchanged, \(Quantity.bytes(bytes))"
    }
}
