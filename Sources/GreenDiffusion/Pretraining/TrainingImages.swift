import Datasets
import ImageFiles
import Kernels
import Records

/// The images of a pretraining run, step by step: drawn signs never repeat, stored images are shuffled anew every epoch.
struct TrainingImages {
    /// Those that are trained on.
    let dataset: any ImageDataset
    private let batchSize: Int
    private let seed: UInt64
    /// nil where every place has an image of its own.
    private var order: ExampleOrder?
    /// Images that are not trained on; nil where nothing is evaluated, or there are too few.
    let heldOut: (any ImageDataset)?
    /// All images, which are compared when the run is resumed; nil where they are drawn.
    let list: ImageList?

    /// Images that a synthetic set holds: as many as its counter can address.
    private static let syntheticImages = 1 << 31

    /// What a report calls the images.
    var name: String { dataset.name }
    /// Images until they repeat.
    var count: Int { dataset.count }

    /// What became of the files that they come from; nil where they are drawn.
    var files: ImageFileCounts? { dataset.files }

    /// - Parameter size: of the images that the model sees.
    /// - Throws: `ConfigurationError` or `DatasetError` for images that cannot be used.
    init(_ settings: PretrainingSettings, size: ImageSize) throws {
        (batchSize, seed) = (settings.batchSize, settings.seed)
        let source = try DataSpecification(parsing: settings.data)
        let evaluates = (settings.evaluateEvery ?? 0) > 0
        if case .synthetic(let name) = source {
            let style = try name.map { try DataSpecification.style($0) } ?? .day
            dataset = try SyntheticSigns(count: Self.syntheticImages, seed: seed, style: style, size: size)
            // The last images that there are: no run gets as far.
            heldOut =
                evaluates
                ? try SyntheticSigns(
                    count: RunImages.heldOutCount, seed: seed, style: style, size: size,
                    firstIndex: Self.syntheticImages - RunImages.heldOutCount) : nil
            (list, order) = (nil, nil)
        } else {
            let all = try source.open(
                size: size, syntheticImages: 0, seed: seed, skipsUnreadable: settings.skipsUnreadable ?? false)
            (dataset, heldOut) = evaluates ? try RunImages.split(all, seed: seed) : (all, nil)
            list = ImageList(all)
            order = ExampleOrder(count: dataset.count, seed: seed)
        }
    }

    /// Overwrites `batch` `(batchSize, H, W, 3)` with the images of `step`, mirrored at random where that keeps their meaning.
    ///
    /// - Returns: their places in `dataset`.
    mutating func load(step: Int, into batch: Tensor) -> [Int] {
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
        return indices
    }
}
