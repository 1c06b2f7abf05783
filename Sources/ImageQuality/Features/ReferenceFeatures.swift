import Foundation
import Kernels
import Storage

/// Features of the reference, kept in a file, so that a second evaluation against it need not run the network.
///
/// The file says which network they are of, how images were resized, and of which pixels: features of anything else are never used.
package struct ReferenceFeatures {
    /// The file.
    package let path: String
    /// Whether somebody named the file: what it holds is then not replaced.
    package let isNamed: Bool

    package init(path: String, isNamed: Bool) { (self.path, self.isNamed) = (path, isNamed) }

    /// The kept features of as many images by `network`; nil where there are none, or others that may be replaced.
    ///
    /// - Parameter fingerprint: of the images; asked for last, since only reading them all can tell.
    /// - Throws: `EvaluationError` for a named file with other features, or what reading it throws.
    package func features(
        by network: any FeatureExtractor, count: Int, of fingerprint: () throws -> String
    ) throws -> Tensor? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file: FeatureFile
        do { file = try FeatureFile(path) } catch { if isNamed { throw error } else { return nil } }
        guard let difference = try Self.difference(file, network, count, fingerprint) else { return file.features }
        guard isNamed else { return nil }
        throw EvaluationError(
            path, "holds features \(difference)", wayOut: "remove it to make it anew, or name another file")
    }

    private static func difference(
        _ file: FeatureFile, _ network: any FeatureExtractor, _ count: Int, _ fingerprint: () throws -> String
    ) rethrows -> String? {
        guard let kept = file.origin else { return "that do not say what they are of" }
        if kept.hash != network.hash {
            return "of network \(kept.network) (\(kept.hash)), not of \(network.name) (\(network.hash))"
        }
        if kept.resize != network.resizeRule { return "of images resized by \(kept.resize), not by \(network.resizeRule)" }
        let shape = [count, network.featureCount]
        if file.features.shape != shape { return "of shape \(file.features.shape), not \(shape)" }
        return try fingerprint() == kept.data ? nil : "of other images than the reference"
    }

    /// Keeps `features`.
    ///
    /// - Returns: why that could not be; nil where it was done.
    /// - Throws: `FileError` for a named file.
    package func keep(_ features: Tensor, of origin: FeatureFile.Origin) throws -> String? {
        do {
            try FeatureFile.write(features, origin, to: path)
            return nil
        } catch {
            if isNamed { throw error }
            return "the reference's features are not kept (\((error as? FileError)?.reason ?? "\(error)")): name a file for them"
        }
    }
}
