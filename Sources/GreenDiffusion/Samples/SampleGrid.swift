import Datasets
import ImageFiles
import Kernels
import Model

/// Draws a grid of images with a model's present weights: always from the same noise, so that grids of different rounds show the
/// same images getting better.
struct SampleGrid {
    private let sampler: ImageSampler
    private let seed: UInt64

    /// Images in a grid.
    static let count = 36
    private static let steps = 50
    private static let batchSize = 12
    /// Side of an enlarged image, in pixels, about.
    private static let displaySide = 64

    /// DDIM with 50 steps, or all steps of a shorter schedule.
    init(schedule: NoiseSchedule, seed: UInt64) throws(SamplingStepsError) {
        sampler = try ImageSampler(.ddim(eta: 0), steps: min(Self.steps, schedule.count), schedule: schedule)
        self.seed = seed
    }

    /// The grid as an image; nil where `goesOn` stopped it.
    func draw(_ model: UNet, while goesOn: () -> Bool = { true }) -> RGBImage? {
        let images = sampler.sample(model, count: Self.count, seed: seed, batchSize: Self.batchSize) { _, _ in goesOn() }
        return images.map(Self.grid)
    }

    /// Images `(N, H, W, 3)` in [-1, 1] as one grid, small ones enlarged.
    private static func grid(_ images: Tensor) -> RGBImage {
        let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
        let size = height * width * 3
        let pictures = images.withSpan { values in
            (0..<count).map { index in
                let pixels = (index * size..<(index + 1) * size).map { pixelByte(values[$0]) }
                return RGBImage(width: width, height: height, pixels: pixels)
            }
        }
        return ImageGrid.compose(pictures, scale: max(1, displaySide / width))
    }
}
