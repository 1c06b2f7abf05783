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

    /// Whether there is something that may be the features: only the fingerprint of the images can tell.
    package var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// The kept features of `origin`; nil where there are none, or others that may be replaced.
    ///
    /// - Throws: `EvaluationError` for a named file with other features, or what reading it throws.
    package func features(of origin: FeatureFile.Origin, shape: [Int]) throws -> Tensor? {
        guard exists else { return nil }
        let file: FeatureFile
        do { file = try FeatureFile(path) } catch { if isNamed { throw error } else { return nil } }
        guard let difference = Self.difference(file, origin, shape) else { return file.features }
        guard isNamed else { return nil }
        throw EvaluationError(
            path, "holds features \(difference)", wayOut: "remove it to make it anew, or name another file")
    }

    private static func difference(_ file: FeatureFile, _ origin: FeatureFile.Origin, _ shape: [Int]) -> String? {
        guard let kept = file.origin else { return "that do not say what they are of" }
        if kept.hash != origin.hash {
            return "of network \(kept.network) (\(kept.hash)), not of \(origin.network) (\(origin.hash))"
        }
        if kept.resize != origin.resize { return "of images resized by \(kept.resize), not by \(origin.resize)" }
        if file.features.shape != shape { return "of shape \(file.features.shape), not \(shape)" }
        return kept.data == origin.data ? nil : "of other images than the reference"
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
