import Datasets
import ImageFiles
import Kernels
import Model
import Storage

/// Draws images from a model into a grid, into single files, or both.
public struct ImageDrawing: Sendable {
    /// How noise becomes an image.
    public enum Method: String, Sendable, CaseIterable {
        /// Ancestral sampling [Ho20, algorithm 2].
        case ddpm
        /// Deterministic implicit sampling [Song21], good with few steps.
        case ddim
    }

    /// How noise becomes an image.
    public var method: Method
    /// Sampling steps; nil takes 50 for DDIM and all timesteps for DDPM.
    public var steps: Int?
    /// Images to draw, of each class where classes are named.
    public var count: Int
    /// Classes of a conditional model, by name or number, or `all`; none for images of no class in particular.
    public var classes: [String] = []
    /// Weight of classifier-free guidance [Ho22]: above 1 images show their class more clearly and differ less; 1 is without.
    public var guidance = 1.0
    /// Seed of the noise.
    public var seed: UInt64
    /// Threads to compute with; images do not depend on it.
    public var threads: Int
    /// The kernel for every convolution that it accepts; nil takes the best that accepts each.
    public var convolution: Conv2DKernel?
    /// PNG or PPM file for all images side by side, at most `gridLimit`.
    public var gridPath: String?
    /// Folder for single PNG files.
    public var folder: String?

    /// Images that a grid shows at most.
    public static let gridLimit = 1024
    private static let batchSize = 16
    private static let ddimSteps = 50
    /// Width of one image in a grid, in pixels, about.
    private static let displayWidth = 64
    /// Images of one class beside each other in a grid, at most.
    private static let columnLimit = 16

    /// What to draw, and where to.
    public init(
        method: Method, steps: Int?, count: Int, seed: UInt64, threads: Int, convolution: Conv2DKernel? = nil,
        gridPath: String?, folder: String?
    ) {
        (self.method, self.steps, self.count, self.seed) = (method, steps, count, seed)
        (self.threads, self.convolution) = (threads, convolution)
        (self.gridPath, self.folder) = (gridPath, folder)
    }

    /// Draws with the model that `source` names; image `i` of a class depends on seed, method, steps, guidance and `i` alone. Images with
    /// one `i` begin with the same noise.
    ///
    /// - Parameters:
    ///   - source: the model.
    ///   - progress: called after each step with the share of all work that is done, 0...1.
    /// - Returns: the classes that were named, in the order of their images.
    /// - Throws: what loading a model throws; `SamplingStepsError`; `ConfigurationError` for a model of other than three channels, or a
    ///   class or guidance that it does not know;
    ///   `ImageFileError` or `FileError` where images cannot be written.
    @discardableResult
    public func run(_ source: ModelSource, progress: (Double) -> Void) throws -> [DrawnClass] {
        if let gridPath { try AtomicFile.requireReplaceable(gridPath) }
        let checkpoint = try source.loadImageModel(setting: "checkpoint")
        let selection = try ClassSelection(classes, guidance: guidance, checkpoint: checkpoint, source: source.text)
        let context = ComputeContext(threads: threads, convolution: convolution)
        let model = try UNet(checkpoint.configuration, context: context)
        model.parameters.copy(from: checkpoint.parameters)
        let sampler = try sampler(NoiseSchedule(checkpoint.scheduler))
        if let folder { try Folder.create(folder) }
        let (conditionings, drawn) = (selection.conditionings, selection.drawn(count: count))
        let total = conditionings.count * count
        var shown: [[RGBImage]] = []
        for (place, conditioning) in conditionings.enumerated() {
            shown.append([])
            for first in stride(from: 0, to: count, by: Self.batchSize) {
                let images = draw(sampler, model, conditioning, first: first) { share in
                    progress((Double(place) + share) / Double(conditionings.count))
                }
                if let folder { try write(images, to: folder, first: place * count + first, of: total) }
                if gridPath != nil { shown[place] += images.prefix(Self.gridLimit - shown.joined().count) }
            }
        }
        if let gridPath { try Self.writeGrid(shown, of: drawn, to: gridPath) }
        return drawn
    }

    private func sampler(_ schedule: NoiseSchedule) throws(SamplingStepsError) -> ImageSampler {
        switch method {
        case .ddpm: try ImageSampler(.ddpm, steps: steps ?? schedule.count, schedule: schedule)
        case .ddim:
            try ImageSampler(.ddim(eta: 0), steps: steps ?? min(Self.ddimSteps, schedule.count), schedule: schedule)
        }
    }

    /// Images `first ..< first + batchSize`, as far as they are wanted.
    private func draw(
        _ sampler: ImageSampler, _ model: UNet, _ conditioning: Conditioning?, first: Int, progress: (Double) -> Void
    ) -> [RGBImage] {
        let size = min(Self.batchSize, count - first)
        let images = sampler.sample(
            model, count: size, seed: seed, first: first, conditioning: conditioning, batchSize: size
        ) { done, all in
            progress((Double(first) + Double(size) * Double(done) / Double(all)) / Double(count))
            return true
        }
        return images.map(pictures) ?? []
    }

    private func write(_ images: [RGBImage], to folder: String, first: Int, of total: Int) throws {
        let digits = max(5, String(total - 1).count)
        for (offset, image) in images.enumerated() {
            let number = String(first + offset)
            let name = String(repeating: "0", count: digits - number.count) + number
            try ImageFile.write(image, to: "\(folder)/\(name).png")
        }
    }

    /// Writes images of one size side by side, small ones enlarged; those of each class in rows with its name.
    private static func writeGrid(_ images: [[RGBImage]], of classes: [DrawnClass], to path: String) throws {
        guard let first = images.first?.first else { return }
        let scale = max(1, displayWidth / first.width)
        let groups = zip(classes, images).map { ImageGrid.Group(label: $0.name, images: $1) }.filter { !$0.images.isEmpty }
        let grid =
            groups.isEmpty
            ? ImageGrid.compose(Array(images.joined()), scale: scale)
            : ImageGrid.compose(groups, columns: columnLimit, scale: scale)
        try ImageFile.write(grid, to: path)
    }
}

/// Images `(N, H, W, 3)` in [-1, 1] as pictures.
func pictures(_ images: Tensor) -> [RGBImage] {
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    let size = height * width * 3
    return images.withSpan { values in
        (0..<count).map { index in
            let pixels = (index * size..<(index + 1) * size).map { pixelByte(values[$0]) }
            return RGBImage(width: width, height: height, pixels: pixels)
        }
    }
}
