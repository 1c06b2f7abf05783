import Datasets
import Kernels
import Records

/// The images of a pretraining run, step by step: drawn signs never repeat, stored images are shuffled anew every epoch.
struct TrainingImages {
    private let dataset: any ImageDataset
    private let batchSize: Int
    private let seed: UInt64
    /// nil where every place has an image of its own.
    private var order: ExampleOrder?

    /// Images that a synthetic set holds: as many as its counter can address.
    private static let syntheticImages = 1 << 31

    /// What a report calls the images.
    var name: String { dataset.name }
    /// Images until they repeat.
    var count: Int { dataset.count }

    /// What became of the files that they come from; nil where they are drawn.
    var files: ImageFileCounts? { dataset.files }

    /// - Parameters:
    ///   - size: height and width that the model sees.
    ///   - skipsUnreadable: whether images that cannot be read are left out.
    /// - Throws: `ConfigurationError` or `DatasetError` for images that cannot be used, `PretrainingError.imageSize` for a wrong size.
    init(_ specification: String, size: [Int], batchSize: Int, seed: UInt64, skipsUnreadable: Bool) throws {
        let source = try DataSpecification(parsing: specification)
        dataset = try source.open(
            side: size[1], syntheticImages: Self.syntheticImages, seed: seed, skipsUnreadable: skipsUnreadable)
        guard [dataset.height, dataset.width] == size else {
            throw PretrainingError.imageSize(data: dataset.name, width: dataset.width, height: dataset.height, size: size)
        }
        (self.batchSize, self.seed) = (batchSize, seed)
        if case .synthetic = source { order = nil } else { order = ExampleOrder(count: dataset.count, seed: seed) }
    }

    /// Overwrites `batch` `(batchSize, H, W, 3)` with the images of `step`, mirrored at random where that keeps their meaning.
    mutating func load(step: Int, into batch: Tensor) {
        let places = (step * batchSize)..<((step + 1) * batchSize)
        var indices: [Int] = []
        for place in places { indices.append(order?.index(at: place) ?? place % dataset.count) }
        var mirrored: [Bool] = []
        if dataset.allowsHorizontalFlip {
            var generator = CounterRandom(
                seed: seed, stream: .augmentation, item: UInt32(truncatingIfNeeded: step)
            ).generator()
            mirrored = places.map { _ in generator.nextWord() & 1 == 1 }
        }
        dataset.load(indices, mirrored: mirrored, into: batch)
    }
}
