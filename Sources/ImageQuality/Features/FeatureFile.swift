import Foundation
import Kernels
import Model

/// Features that an image has at most: their covariance takes 8 bytes times the square.
private let largestExtent = 8192

/// Refuses features of which there are too many for a covariance.
package func requireExtent(_ count: Int, _ path: String) throws(EvaluationError) {
    guard count > largestExtent else { return }
    throw EvaluationError(
        path, "has \(count) features an image, more than \(largestExtent)", wayOut: "use a layer of the network with fewer")
}

/// Features in a safetensors file, and what its header says they are of.
package struct FeatureFile {
    /// Where features come from.
    package struct Origin: Equatable {
        /// Name and hash of the network.
        package var network: String
        package var hash: String
        /// How images were resized for it.
        var resize: String
        /// `ReadImages.fingerprint`.
        var data: String

        private static let keys = ["network", "network_hash", "resize", "data"]

        package init(_ network: any FeatureExtractor, data: String) {
            (self.network, hash, resize, self.data) = (network.name, network.hash, network.resizeRule, data)
        }

        /// Nil where the header does not say.
        fileprivate init?(_ metadata: [(name: String, text: String)]) {
            let texts = Self.keys.map { key in metadata.first { $0.name == key }?.text }
            guard let network = texts[0], let hash = texts[1], let resize = texts[2], let data = texts[3] else { return nil }
            (self.network, self.hash, self.resize, self.data) = (network, hash, resize, data)
        }

        fileprivate var metadata: [(name: String, text: String)] {
            defaultTensorMetadata + zip(Self.keys, [network, hash, resize, data]).map { (name: $0.0, text: $0.1) }
        }
    }

    /// `(n, d)`, n at least 2, finite.
    package let features: Tensor
    package let origin: Origin?

    private static let tensorName = "features"

    /// Reads the tensor `role`, or `features`, or the only one of two axes.
    ///
    /// - Throws: `CheckpointError` for a damaged file, `EvaluationError` for one without features.
    package init(_ path: String, role: String? = nil) throws {
        let reader = try SafetensorsReader(path: path)
        let matrices = reader.entries.filter { $0.shape.count == 2 && $0.type.isReadAsFloats }
        let named = [role, Self.tensorName].compactMap(\.self).lazy.compactMap { name in matrices.first { $0.name == name } }
            .first
        guard let entry = named ?? (matrices.count == 1 ? matrices[0] : nil) else {
            let names = reader.entries.prefix(5).map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
            throw EvaluationError(
                path, "has no tensor \(role.map { "\($0) or " } ?? "")\(Self.tensorName) (n, d) (it has \(names))",
                wayOut: "write features under that name")
        }
        guard entry.shape[0] >= 2, entry.shape[1] >= 1 else {
            throw EvaluationError(
                path, "has features of shape \(entry.shape)", wayOut: "a distance needs at least 2 images a side")
        }
        try requireExtent(entry.shape[1], path)
        features = try reader.readFloats(entry)
        if let index = features.firstNonFinite {
            throw EvaluationError(
                path, "holds \(features[index]) in row \(index / entry.shape[1]) of \(entry.name)",
                wayOut: "leave out images whose features are not finite")
        }
        origin = Origin(reader.metadata)
    }

    /// Writes features with where they come from.
    package static func write(_ features: Tensor, _ origin: Origin, to path: String) throws {
        try writeSafetensors([NamedTensor(tensorName, features)], to: path, metadata: origin.metadata)
    }

    /// Writes the features of both sides, and the network that made them where it is known.
    package static func write(reference: Tensor, samples: Tensor, network: (any FeatureExtractor)?, to path: String) throws {
        let metadata = network.map { Origin($0, data: "").metadata } ?? defaultTensorMetadata
        let tensors = [NamedTensor("reference", reference), NamedTensor("samples", samples)]
        try writeSafetensors(tensors, to: path, metadata: metadata)
    }
}
