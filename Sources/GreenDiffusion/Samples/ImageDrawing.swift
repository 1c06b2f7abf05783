import Datasets
import ImageFiles
import Kernels
import Model
import Storage

/// Draws images from a model into a grid, into single files, or both.
public struct ImageDrawing: Sendable {
    /// How noise becomes an image.
    public var method: Method
    /// Sampling steps; nil takes 20 for DPM-Solver++ and UniPC, 50 for DDIM and all timesteps for DDPM.
    public var steps: Int?
    /// How the steps are spread over the timesteps; nil as the model's scheduler says.
    public var spacing: TimestepSpacing?
    /// Whether DPM-Solver++ and UniPC visit the noise levels of [Karras22] instead.
    public var usesKarrasLevels = false
    /// Whether predicted images are brought into range by their largest values [Saharia22]; otherwise as the model's scheduler says.
    public var usesDynamicThreshold = false
    /// A safetensors file whose tensor `noise` `(N, C, H, W)` the images start from instead of the seed's noise.
    public var noisePath: String?
    /// A safetensors file for the images as they are before rounding: tensor `sample` `(N, C, H, W)`.
    public var tensorsPath: String?
    /// Images to draw, of each class where classes are named.
    public var count: Int
    /// Classes of a conditional model, by name or number, or `all`; none for images of no class in particular.
    public var classes: [String] = []
    /// Whether `count` images are drawn in all, of the named classes in turn, and not of each.
    package var mixesClasses = false
    /// Weight of classifier-free guidance [Ho22]: above 1 images show their class more clearly and differ less; 1 is without.
    public var guidance = 1.0
    /// Seed of the noise.
    public var seed: UInt64
    /// Threads to compute with; images do not depend on it.
    public var threads: Int
    /// What the model keeps activations in.
    public var precision = PrecisionChoice.float32
    /// The kernel for every convolution that it accepts; nil takes the best that accepts each.
    public var convolution: Conv2DKernel?
    /// PNG or PPM file for all images side by side, at most `gridLimit`.
    public var gridPath: String?
    /// Folder for single PNG files.
    public var folder: String?

    /// Images that a grid shows at most.
    public static let gridLimit = 1024
    private static let batchSize = 16
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
    /// - Returns: what was drawn, and what it took.
    /// - Throws: what loading a model throws; `SamplingStepsError`; `ConfigurationError` for a model of other than three channels, or a
    ///   class or guidance that it does not know;
    ///   `ImageFileError` or `FileError` where images cannot be written.
    @discardableResult
    public func run(_ source: ModelSource, progress: (Double) -> Void) throws -> DrawingSummary {
        for path in [gridPath, tensorsPath].compactMap(\.self) {
            try AtomicFile.requireReplaceable(path, madeFrom: source.files + (noisePath.map { [$0] } ?? []))
        }
        var shown: [[RGBImage]] = []
        var all: Tensor?
        let summary = try forEachBatch(source, progress: progress) { batch in
            if tensorsPath != nil {
                let tensor = all ?? Tensor(shape: [batch.total] + batch.images.shape.dropFirst())
                part(of: tensor, batch.first, count: batch.images.shape[0]).copy(from: batch.images)
                all = tensor
            }
            let pictures = pictures(batch.images)
            if let folder {
                if batch.first == 0 { try Folder.create(folder) }
                try write(pictures, to: folder, first: batch.first, of: batch.total)
            }
            if batch.group == shown.count { shown.append([]) }
            if gridPath != nil { shown[batch.group] += pictures.prefix(Self.gridLimit - shown.joined().count) }
        }
        if let gridPath { try Self.writeGrid(shown, of: summary.classes, to: gridPath) }
        if let tensorsPath, let all {
            try writeSafetensors([NamedTensor("sample", channelsFirst(all))], to: tensorsPath)
        }
        return summary
    }

    /// Draws as `run` does and hands over images as they come, nothing written.
    ///
    /// - Parameter body: receives the number of the first image, and some images.
    package func forEachBatch(
        _ source: ModelSource, progress: (Double) -> Void, _ body: (_ first: Int, _ images: [RGBImage]) throws -> Void
    ) throws -> DrawingSummary {
        try forEachBatch(source, progress: progress) { try body($0.first, pictures($0.images)) }
    }

    /// Refuses what `run` would refuse of the model, before anything is drawn.
    package func check(_ source: ModelSource) throws {
        let checkpoint = try source.loadImageModel(setting: "checkpoint")
        _ = try ClassSelection(classes, guidance: guidance, checkpoint: checkpoint, source: source.text)
        _ = try sampler(checkpoint.scheduler)
    }

    /// Images that were drawn together.
    private struct Batch {
        /// Place of their class among those that are drawn.
        let group: Int
        /// Number of the first among all images, of which there are `total`.
        let first: Int
        let total: Int
        /// `(N, H, W, C)` in about [-1, 1].
        let images: Tensor
    }

    private func forEachBatch(
        _ source: ModelSource, progress: (Double) -> Void, _ body: (Batch) throws -> Void
    ) throws -> DrawingSummary {
        let checkpoint = try source.loadImageModel(setting: "checkpoint")
        let selection = try ClassSelection(classes, guidance: guidance, checkpoint: checkpoint, source: source.text)
        let context = try context(for: checkpoint.configuration)
        let model = try UNet(checkpoint.configuration, context: context)
        model.parameters.copy(from: checkpoint.parameters)
        let sampler = try sampler(checkpoint.scheduler)
        let noise = try noisePath.map { try startingNoise($0, model.configuration) }
        let conditionings = mixesClasses ? [selection.mixedConditioning] : selection.conditionings
        context.meter.reset()
        for (group, conditioning) in conditionings.enumerated() {
            for first in stride(from: 0, to: count, by: Self.batchSize) {
                let images = draw(sampler, model, conditioning, from: noise, first: first) { share in
                    progress((Double(group) + share) / Double(conditionings.count))
                }
                let total = conditionings.count * count
                try body(Batch(group: group, first: group * count + first, total: total, images: images))
            }
        }
        return DrawingSummary(
            classes: mixesClasses ? [] : selection.drawn(count: count), imageCount: conditionings.count * count,
            flops: context.meter.executedFLOPs)
    }

    /// Where a model with this configuration draws.
    func context(for configuration: UNetConfiguration) throws -> ComputeContext {
        let precision = try precision.decided(
            for: configuration, images: min(count, Self.batchSize), isTraining: false, threads: threads, convolution: convolution)
        return ComputeContext(threads: threads, precision: precision, convolution: convolution)
    }

    /// The steps through the noise of a model with this scheduler.
    func sampler(_ scheduler: SchedulerConfiguration) throws -> ImageSampler {
        var scheduler = scheduler
        scheduler.timestepSpacing = spacing ?? scheduler.timestepSpacing
        if usesDynamicThreshold { scheduler.threshold = scheduler.threshold ?? .unlimited }
        var options = SolverOptions()
        options.usesKarrasLevels = usesKarrasLevels
        guard !usesKarrasLevels || method.isSolver else {
            throw ConfigurationError(
                "karras", "on", "does not go with sampler \(method.rawValue), whose steps are timesteps",
                wayOut: "use sampler dpm++ or unipc")
        }
        let schedule = NoiseSchedule(scheduler)
        let kind: ImageSampler.Method =
            switch method {
            case .ddpm: .ddpm
            case .ddim: .ddim(eta: 0)
            case .dpmSolver: .dpmSolver
            case .uniPC: .uniPC
            }
        return try ImageSampler(kind, steps: steps ?? method.standardSteps(schedule), schedule: schedule, options: options)
    }

    /// The noise in a file, `(count, H, W, C)`.
    private func startingNoise(_ path: String, _ configuration: UNetConfiguration) throws -> Tensor {
        let noise = try TensorInput(path).images(
            "noise", channels: configuration.inChannels, size: configuration.sampleSize)
        guard noise.shape[0] == count else {
            throw TensorInputError(
                path, "noise", "has \(noise.shape[0]) images, \(count) are to be drawn", "set count to \(noise.shape[0])")
        }
        return noise
    }

    /// Images `first ..< first + batchSize`, as far as they are wanted, `(N, H, W, C)`.
    private func draw(
        _ sampler: ImageSampler, _ model: UNet, _ conditioning: Conditioning?, from noise: Tensor?, first: Int,
        progress: (Double) -> Void
    ) -> Tensor {
        let images = Tensor(shape: model.sampleShape(count: min(Self.batchSize, count - first)))
        if let noise {
            images.copy(from: part(of: noise, first, count: images.shape[0]))
        } else {
            ImageSampler.fillStart(images, seed: seed, first: first)
        }
        _ = sampler.denoise(images, model: model, seed: seed, first: first, conditioning: conditioning) { done in
            let share = Double(done) / Double(sampler.steps.count)
            progress((Double(first) + Double(images.shape[0]) * share) / Double(count))
            return true
        }
        return images
    }

    private func part(of images: Tensor, _ first: Int, count: Int) -> Tensor {
        let shape = [count] + images.shape.dropFirst()
        return Tensor(viewOf: images, offset: first * images.count / images.shape[0], shape: shape)
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
