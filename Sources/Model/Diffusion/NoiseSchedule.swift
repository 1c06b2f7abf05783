import Foundation
import Kernels

/// The forward process of diffusion in Double [Ho20, section 2]: how much image and how much noise there is at each timestep.
///
/// Timesteps are 0-based as in diffusers: timestep `t` is the paper's `t + 1`.
package struct NoiseSchedule: Sendable {
    package let configuration: SchedulerConfiguration
    /// Noise variance added at each timestep.
    package let betas: [Double]
    /// Share of the image's variance that is left at each timestep: the running product of `1 - beta`.
    package let cumulativeAlphas: [Double]

    package init(_ configuration: SchedulerConfiguration = SchedulerConfiguration()) {
        self.configuration = configuration
        let betas = Self.betas(configuration)
        self.betas = configuration.rescalesToZeroSNR ? Self.rescaledToZeroSNR(betas) : betas
        cumulativeAlphas = Self.runningProduct(self.betas)
    }

    private static func betas(_ configuration: SchedulerConfiguration) -> [Double] {
        let count = configuration.trainTimesteps
        func line(from start: Double, to end: Double) -> [Double] {
            let step = (end - start) / Double(max(count - 1, 1))
            return (0..<count).map { start + step * Double($0) }
        }
        switch configuration.betaSchedule {
        case .linear: return line(from: configuration.betaStart, to: configuration.betaEnd)
        case .scaledLinear:
            return line(from: configuration.betaStart.squareRoot(), to: configuration.betaEnd.squareRoot()).map { $0 * $0 }
        case .squaredCosine:
            func share(_ time: Double) -> Double {
                let cosine = cos((time + 0.008) / 1.008 * .pi / 2)
                return cosine * cosine
            }
            return (0..<count).map { index in
                min(1 - share(Double(index + 1) / Double(count)) / share(Double(index) / Double(count)), 0.999)
            }
        }
    }

    /// Moves and stretches the signal's deviation so that nothing of the image is left at the last timestep [Lin24, algorithm 1].
    private static func rescaledToZeroSNR(_ betas: [Double]) -> [Double] {
        let signals = runningProduct(betas).map { $0.squareRoot() }
        guard let first = signals.first, let last = signals.last, betas.count > 1 else { return betas }
        let shares = signals.map { signal in
            let moved = (signal - last) * (first / (first - last))
            return moved * moved
        }
        return zip(shares, [1] + shares).map { now, before in 1 - now / before }
    }

    private static func runningProduct(_ betas: [Double]) -> [Double] {
        var product = 1.0
        return betas.map { beta in
            product *= 1 - beta
            return product
        }
    }

    /// Number of timesteps.
    package var count: Int { betas.count }

    /// The image's share of variance at `timestep`; 1 before the first.
    package func cumulativeAlpha(_ timestep: Int) -> Double { timestep < 0 ? 1 : cumulativeAlphas[timestep] }

    /// How much stronger the image is than the noise, as a ratio of variances.
    package func signalToNoise(_ timestep: Int) -> Double { cumulativeAlphas[timestep] / (1 - cumulativeAlphas[timestep]) }

    /// `x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise` [Ho20 eq. 4], image by image.
    ///
    /// - Parameters:
    ///   - images: x_0, `(N, ...)`.
    ///   - noise: as many elements.
    ///   - timesteps: N, within `0 ..< count` (precondition).
    ///   - output: as many elements, overwritten; may be `images` or `noise`.
    package func addNoise(images: Tensor, noise: Tensor, timesteps: [Int], into output: Tensor) {
        mix(images, noise, timesteps, into: output) { alpha in (alpha.squareRoot(), (1 - alpha).squareRoot()) }
    }

    /// What a model of `prediction` should say of images with noise, image by image; operands as in `addNoise`.
    package func target(images: Tensor, noise: Tensor, timesteps: [Int]) -> Tensor {
        switch configuration.prediction {
        case .epsilon: return noise
        case .sample: return images
        case .velocity:
            let target = Tensor(shape: noise.shape)
            mix(images, noise, timesteps, into: target) { alpha in (-(1 - alpha).squareRoot(), alpha.squareRoot()) }
            return target
        }
    }

    /// Squared errors of the noise over those of the prediction, by timestep: with them losses of models that predict other things
    /// compare. nil where the noise is what is predicted.
    package func noiseErrorFactors(_ timesteps: [Int]) -> [Double]? {
        switch configuration.prediction {
        case .epsilon: nil
        case .velocity: timesteps.map { cumulativeAlphas[$0] }
        case .sample: timesteps.map(signalToNoise)
        }
    }

    private func mix(
        _ images: Tensor, _ noise: Tensor, _ timesteps: [Int], into output: Tensor,
        weights: (_ cumulativeAlpha: Double) -> (image: Double, noise: Double)
    ) {
        precondition(images.count == noise.count && images.count == output.count, "images, noise and output differ in size")
        precondition(!timesteps.isEmpty && images.count % timesteps.count == 0, "one timestep an image is needed")
        let elements = images.count / timesteps.count
        for (index, timestep) in timesteps.enumerated() {
            let weights = weights(cumulativeAlphas[timestep])
            let (imageWeight, noiseWeight) = (Float(weights.image), Float(weights.noise))
            // SAFETY: `(index + 1) * elements <= count` of all three tensors.
            let (x, e, y) = (
                images.base + index * elements, noise.base + index * elements, output.base + index * elements
            )
            for i in 0..<elements { y[i] = imageWeight * x[i] + noiseWeight * e[i] }
        }
    }
}
