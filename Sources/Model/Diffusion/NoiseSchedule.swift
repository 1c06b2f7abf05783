import Kernels

/// The forward process of diffusion in Double [Ho20, section 2]: how much image and how much noise there is at each timestep.
///
/// Timesteps are 0-based as in diffusers: timestep `t` is the paper's `t + 1`.
package struct NoiseSchedule: Sendable {
    package let configuration: SchedulerConfiguration
    /// Noise variance added at each timestep, linear from `betaStart` to `betaEnd`.
    package let betas: [Double]
    /// Share of the image's variance that is left at each timestep: the running product of `1 - beta`.
    package let cumulativeAlphas: [Double]

    package init(_ configuration: SchedulerConfiguration = SchedulerConfiguration()) {
        self.configuration = configuration
        let count = configuration.trainTimesteps
        let step = (configuration.betaEnd - configuration.betaStart) / Double(max(count - 1, 1))
        let betas = (0..<count).map { configuration.betaStart + step * Double($0) }
        var product = 1.0
        cumulativeAlphas = betas.map { beta in
            product *= 1 - beta
            return product
        }
        self.betas = betas
    }

    /// Number of timesteps.
    package var count: Int { betas.count }

    /// The image's share of variance at `timestep`; 1 before the first.
    package func cumulativeAlpha(_ timestep: Int) -> Double { timestep < 0 ? 1 : cumulativeAlphas[timestep] }

    /// `x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise` [Ho20 eq. 4], image by image.
    ///
    /// - Parameters:
    ///   - images: x_0, `(N, ...)`.
    ///   - noise: as many elements.
    ///   - timesteps: N, within `0 ..< count` (precondition).
    ///   - output: as many elements, overwritten; may be `images` or `noise`.
    package func addNoise(images: Tensor, noise: Tensor, timesteps: [Int], into output: Tensor) {
        precondition(images.count == noise.count && images.count == output.count, "images, noise and output differ in size")
        precondition(!timesteps.isEmpty && images.count % timesteps.count == 0, "one timestep an image is needed")
        let elements = images.count / timesteps.count
        for (index, timestep) in timesteps.enumerated() {
            let (signal, noiseDeviation) = (
                Float(cumulativeAlphas[timestep].squareRoot()), Float((1 - cumulativeAlphas[timestep]).squareRoot())
            )
            // SAFETY: `(index + 1) * elements <= count` of all three tensors.
            let (x, e, y) = (
                images.base + index * elements, noise.base + index * elements, output.base + index * elements
            )
            for i in 0..<elements { y[i] = signal * x[i] + noiseDeviation * e[i] }
        }
    }

    /// The timesteps that a sampler visits, from noisy to clean.
    ///
    /// - Parameter steps: 1 ... `count` (precondition).
    package func samplingTimesteps(steps: Int) -> [Int] {
        precondition((1...count).contains(steps), "\(steps) sampling steps of \(count)")
        switch configuration.timestepSpacing {
        case .leading:
            return (0..<steps).reversed().map { $0 * (count / steps) }
        case .trailing:
            let ratio = Double(count) / Double(steps)
            return (0..<steps).map { Int((Double(count) - Double($0) * ratio).rounded(.toNearestOrEven)) - 1 }
        case .linspace:
            let distance = steps == 1 ? 0 : Double(count - 1) / Double(steps - 1)
            return (0..<steps).reversed().map { Int((Double($0) * distance).rounded(.toNearestOrEven)) }
        }
    }
}
