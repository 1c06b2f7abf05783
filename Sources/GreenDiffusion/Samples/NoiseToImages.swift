import ImageFiles
import Kernels
import Model

/// What a model makes of noise that depends on a seed alone, so that models of one image size can be compared image by image; and how
/// the first image comes about.
struct NoiseToImages {
    let images: [RGBImage]
    /// Sampling steps.
    let steps: Int
    /// The first image before some of the steps, the first and the last among them.
    private let samples: [RGBImage]
    /// What the model took it for in each of those.
    private let predictions: [RGBImage]

    /// Draws the classes of `drawing` in turn.
    ///
    /// - Parameters:
    ///   - drawing: how, and how many images: all are drawn together.
    ///   - progress: called with the images that are done, with fractions.
    /// - Throws: what loading a model throws; `SamplingStepsError`; `ConfigurationError` for a model of other than three channels, or a
    ///   class or guidance that it does not know.
    init(_ source: ModelSource, _ drawing: ImageDrawing, progress: (Double) -> Void) throws {
        let checkpoint = try source.loadImageModel(setting: "run")
        let selection = try ClassSelection(
            drawing.classes, guidance: drawing.guidance, checkpoint: checkpoint, source: source.text)
        let model = try UNet(checkpoint, context: drawing.context(for: checkpoint.configuration))
        let sampler = try drawing.sampler(checkpoint.scheduler)
        let images = Tensor(shape: model.sampleShape(count: drawing.count))
        ImageSampler.fillStart(images, seed: drawing.seed, first: 0)
        func first(of images: Tensor) -> RGBImage {
            pictures(Tensor(viewOf: images, offset: 0, shape: [1] + images.shape.dropFirst()))[0]
        }
        steps = sampler.steps.count
        let shown = (0..<steps).spread(over: Self.filmLength - 1)
        var (samples, predictions, step) = ([first(of: images)], [RGBImage](), 0)
        _ = sampler.denoise(
            images, model: model, seed: drawing.seed,
            conditioning: selection.mixedConditioning
        ) { done in
            if shown.contains(done) { samples.append(first(of: images)) }
            progress(Double(drawing.count * done) / Double(sampler.steps.count))
            return true
        } observe: {
            if shown.contains(step) { predictions.append(first(of: $0)) }
            step += 1
        }
        (self.images, self.samples, self.predictions) = (pictures(images), samples, predictions)
    }

    /// All images, enlarged.
    var grid: RGBImage { ImageGrid.compose(images, scale: scale) }

    /// The first image: a column for each of some steps, and the end; above the sample, below what the model took it for.
    var film: RGBImage {
        let (above, below) = (samples + [images[0]], predictions + [images[0]])
        return ImageGrid.compose(above + below, columns: above.count, scale: scale)
    }

    private var scale: Int { max(1, Self.displayWidth / images[0].width) }
    private static let filmLength = 10
    /// Width of one image, in pixels, about.
    private static let displayWidth = 64
}

extension RandomAccessCollection {
    /// At most `count` elements, at equal distances, the first and the last among them; the last alone where `count` is 1.
    func spread(over count: Int) -> [Element] {
        guard self.count > count else { return Array(self) }
        guard count > 1 else { return Array(suffix(count)) }
        return (0..<count).map { place in
            self[index(startIndex, offsetBy: (place * (self.count - 1) + (count - 1) / 2) / (count - 1))]
        }
    }
}
