import GreenDiffusion
import ImageFiles
import ImageQuality

/// What a source turned out to hold.
package enum OpenedSource {
    case images(any ImageSet)
    case features(FeatureFile)
    case moments(FeatureMoments)

    /// Opens `source`.
    ///
    /// - Parameters:
    ///   - role: `reference` or `samples`: the tensor of that name in a file of features.
    ///   - size: of images of a data set.
    ///   - count: images of a data set that is drawn.
    /// - Throws: what reading throws, `EvaluationError` for what holds neither images nor features.
    package init(_ source: EvaluationSource, role: String, size: ImageSize, count: Int?, seed: UInt64) throws {
        switch source {
        case .folder(let folder): self = .images(try FolderImages(folder))
        case .data(let data):
            self = .images(
                DatasetImages(try data.open(size: size, syntheticImages: count ?? Self.syntheticCount, seed: seed)))
        case .features(let path): self = .features(try FeatureFile(path, role: role))
        case .numpy(let path): self = try Self.numpy(path)
        }
    }

    /// Images of a drawn set where no count is given.
    private static let syntheticCount = 1000

    /// `arr_0` with images, or `mu` and `sigma` as pytorch-fid writes them.
    private static func numpy(_ path: String) throws -> OpenedSource {
        let archive = try ZipArchive(path)
        if let array = try NumPyArray("arr_0", in: archive) { return .images(try NumPyImages(array, path: path)) }
        guard let mean = try NumPyArray("mu", in: archive), let covariance = try NumPyArray("sigma", in: archive) else {
            throw EvaluationError(
                path, "has neither arr_0 nor mu and sigma (it has \(archive.names.prefix(5).joined(separator: ", ")))",
                wayOut: "write images as arr_0, bytes of shape (N, H, W, 3)")
        }
        try requireExtent(mean.shape.first ?? 0, path)
        guard let mu = mean.doubles, let sigma = covariance.doubles, mean.shape.count == 1, !mu.isEmpty,
            covariance.shape == [mu.count, mu.count]
        else {
            throw EvaluationError(
                path, "has mu of shape \(mean.shape) and sigma of shape \(covariance.shape)",
                wayOut: "write floating-point numbers of shapes (d) and (d, d)")
        }
        guard mu.allSatisfy(\.isFinite), sigma.allSatisfy(\.isFinite) else {
            throw EvaluationError(path, "holds statistics that are not finite", wayOut: "compute them again")
        }
        return .moments(FeatureMoments(count: nil, mean: mu, covariance: sigma))
    }

    /// Images, or rows of features; nil for moments.
    var count: Int? {
        switch self {
        case .images(let set): set.count
        case .features(let file): file.features.shape[0]
        case .moments: nil
        }
    }

    /// Size of the first image; nil where there is none, or it cannot be read.
    package var firstSize: ImageSize? {
        guard case .images(let set) = self, set.count > 0 else { return nil }
        return try? set.image(at: 0).size
    }
}
