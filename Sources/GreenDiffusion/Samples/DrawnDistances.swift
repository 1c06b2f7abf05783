import Datasets
import ImageFiles
import ImageQuality
import Kernels
import Model
import Records

/// How far the images that a run's model draws are from those that it learns from: what evaluations of a run with setting `features`
/// measure. They are drawn as sample grids are, of conditional models with the labels of the real images. Images of different rounds
/// begin with the same noise and are compared with the same real ones.
final class DrawnDistances {
    private let network: any FeatureExtractor
    private let dataset: any ImageDataset
    /// Images of `dataset` that are compared.
    private let chosen: [Int]
    private let sampler: ImageSampler
    private let conditioning: Conditioning?
    private let seed: UInt64
    private let threads: Int
    private lazy var reference = Result { try evaluated(DatasetImages(dataset), chosen) }

    /// Images a side where no number is given.
    static let standardCount = 500
    /// Images that are drawn together.
    static let batchSize = 16

    /// What a line about the run says of it.
    var text: String { "\(network.name) (\(shortHash)), \(chosen.count) images a side" }

    private var shortHash: String { String(network.hash.prefix(8)) }

    /// - Parameters:
    ///   - path: the file of the network; without one there is nothing to measure with.
    ///   - dataset: the images that the model learns from.
    ///   - count: images a side at most; nil for the standard.
    ///   - isConditional: whether the model draws classes: then as many of each as the real images have.
    /// - Throws: `CheckpointError` or `EvaluationError` for a file that holds no network; `ConfigurationError` for a single image.
    init?(
        features path: String?, of dataset: any ImageDataset, count: Int?, isConditional: Bool, schedule: NoiseSchedule,
        seed: UInt64,
        threads: Int
    ) throws {
        guard let path else { return nil }
        guard dataset.count >= 2 else {
            throw ConfigurationError(
                Setting.features.name, path, "measures distances to \(dataset.count) training image",
                wayOut: "leave it out, or use more images")
        }
        network = try openFeatureNetwork(path, threads: threads)
        chosen = EvaluationRandom.subset(
            of: dataset.count, size: count ?? Self.standardCount, .referenceImages, number: 0, seed: seed)
        sampler = try SampleGrid.sampler(schedule)
        conditioning = isConditional ? Conditioning(labels: chosen.map(dataset.label)) : nil
        (self.dataset, self.seed, self.threads) = (dataset, seed, threads)
    }

    /// Draws with the weights that `model` has.
    ///
    /// - Parameter progress: called with the share of the drawing that is done, 0...1; false gives up.
    /// - Returns: nil where `progress` gave up.
    /// - Throws: `EvaluationError` for features or distances that are not finite.
    func measure(_ model: UNet, progress: (Double) -> Bool) throws -> ImageDistances? {
        let images = sampler.sample(
            model, count: chosen.count, seed: seed, conditioning: conditioning, batchSize: Self.batchSize
        ) { done, total in
            progress(Double(done) / Double(total))
        }
        guard let images else { return nil }
        let samples = try evaluated(ImagesInMemory(pictures(images)), Array(chosen.indices))
        return try Distances(reference.get(), samples, seed: seed, threads: threads) { _ in }
            .record(imageCount: chosen.count, network: shortHash)
    }

    /// Bytes that measuring takes beside the model's: images, features, and for the Frechet distance two covariances and, of each, a
    /// copy, LAPACK's workspace and eigenvectors.
    var workingBytes: Int {
        let (count, extent) = (chosen.count, network.featureCount)
        return count * (dataset.size.pixels * 3 * 5 + 2 * extent * 4) + 10 * extent * extent * 8
    }

    private func evaluated(_ images: any ImageSet, _ indices: [Int]) throws -> EvaluatedSet {
        EvaluatedSet(features: try ReadImages(images, indices, network: network, threads: threads) { _ in }.features)
    }
}
