import ImageFiles
import Model

/// Draws a grid of images with a model's present weights: always from the same noise, so that grids of different rounds show the
/// same images getting better.
struct SampleGrid {
    private let sampler: ImageSampler
    private let conditioning: Conditioning?
    private let seed: UInt64

    /// Images in a grid.
    static let count = 36
    /// Images that are drawn together.
    static let batchSize = 12
    /// Side of an enlarged image, in pixels, about.
    private static let displaySide = 64

    /// DDIM with 50 steps, or all steps of a shorter schedule: what `sample` does unless told otherwise.
    static func sampler(_ schedule: NoiseSchedule) throws(SamplingStepsError) -> ImageSampler {
        try ImageSampler(.ddim(eta: 0), steps: ImageDrawing.Method.ddim.standardSteps(schedule), schedule: schedule)
    }

    /// - Parameter classes: those of a conditional model, which are drawn in turn; nil for an unconditional one.
    init(schedule: NoiseSchedule, classes: Int?, seed: UInt64) throws(SamplingStepsError) {
        sampler = try Self.sampler(schedule)
        conditioning = classes.map { Conditioning(labels: Array(0..<$0)) }
        self.seed = seed
    }

    /// The grid as an image.
    func draw(_ model: UNet) -> RGBImage {
        guard
            let images = sampler.sample(
                model, count: Self.count, seed: seed, conditioning: conditioning, batchSize: Self.batchSize)
        else {
            preconditionFailure("nothing stops this sampler")
        }
        return ImageGrid.compose(pictures(images), scale: max(1, Self.displaySide / images.shape[2]))
    }
}
