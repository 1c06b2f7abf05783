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
    /// Images to draw.
    public var count: Int
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

    /// What to draw, and where to.
    public init(
        method: Method, steps: Int?, count: Int, seed: UInt64, threads: Int, convolution: Conv2DKernel? = nil,
        gridPath: String?, folder: String?
    ) {
        (self.method, self.steps, self.count, self.seed) = (method, steps, count, seed)
        (self.threads, self.convolution) = (threads, convolution)
        (self.gridPath, self.folder) = (gridPath, folder)
    }

    /// Draws with the model that `source` names; image `i` depends on seed, method, steps and `i` alone.
    ///
    /// - Parameters:
    ///   - source: the model.
    ///   - progress: called after each step with the share of all work that is done, 0...1.
    /// - Throws: what loading a model throws; `SamplingStepsError`; `ConfigurationError` for a model of other than three channels;
    ///   `ImageFileError` or `FileError` where images cannot be written.
    public func run(_ source: ModelSource, progress: (Double) -> Void) throws {
        if let gridPath { try AtomicFile.requireReplaceable(gridPath) }
        var shown: [RGBImage] = []
        try forEachBatch(source, progress: progress) { first, images in
            if let folder {
                if first == 0 { try Folder.create(folder) }
                try write(images, to: folder, first: first)
            }
            if gridPath != nil { shown += images.prefix(Self.gridLimit - shown.count) }
        }
        if let gridPath { try Self.writeGrid(shown, to: gridPath) }
    }

    /// Draws as `run` does and hands over images as they come, nothing written.
    ///
    /// - Parameter body: receives the number of the first image, and some images.
    package func forEachBatch(
        _ source: ModelSource, progress: (Double) -> Void, _ body: (_ first: Int, _ images: [RGBImage]) throws -> Void
    ) throws {
        let checkpoint = try source.loadImageModel(setting: "checkpoint")
        let context = ComputeContext(threads: threads, convolution: convolution)
        let model = try UNet(checkpoint.configuration, context: context)
        model.parameters.copy(from: checkpoint.parameters)
        let sampler = try sampler(NoiseSchedule(checkpoint.scheduler))
        for first in stride(from: 0, to: count, by: Self.batchSize) {
            try body(first, draw(sampler, model, first: first, progress: progress))
        }
    }

    private func sampler(_ schedule: NoiseSchedule) throws(SamplingStepsError) -> ImageSampler {
        switch method {
        case .ddpm: try ImageSampler(.ddpm, steps: steps ?? schedule.count, schedule: schedule)
        case .ddim:
            try ImageSampler(.ddim(eta: 0), steps: steps ?? min(Self.ddimSteps, schedule.count), schedule: schedule)
        }
    }

    /// Images `first ..< first + batchSize`, as far as they are wanted.
    private func draw(_ sampler: ImageSampler, _ model: UNet, first: Int, progress: (Double) -> Void) -> [RGBImage] {
        let size = min(Self.batchSize, count - first)
        let images = sampler.sample(model, count: size, seed: seed, first: first, batchSize: size) { done, all in
            progress((Double(first) + Double(size) * Double(done) / Double(all)) / Double(count))
            return true
        }
        return images.map(pictures) ?? []
    }

    private func write(_ images: [RGBImage], to folder: String, first: Int) throws {
        let digits = max(5, String(count - 1).count)
        for (offset, image) in images.enumerated() {
            let number = String(first + offset)
            let name = String(repeating: "0", count: digits - number.count) + number
            try ImageFile.write(image, to: "\(folder)/\(name).png")
        }
    }

    /// Writes images of one size side by side, small ones enlarged.
    static func writeGrid(_ images: [RGBImage], to path: String) throws {
        guard let first = images.first else { return }
        try ImageFile.write(ImageGrid.compose(images, scale: max(1, displayWidth / first.width)), to: path)
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
