import Foundation

/// A number of sampling steps that the schedule does not have.
package struct SamplingStepsError: Error, Equatable, CustomStringConvertible {
    package let steps: Int
    package let limit: Int

    package var description: String { "\(steps) sampling steps, allowed are 1 to \(limit); choose a number in that range" }
}

extension NoiseSchedule {
    /// The timesteps that DDPM and DDIM visit, from noisy to clean.
    ///
    /// - Parameter steps: 1 ... `count` (precondition).
    package func samplingTimesteps(steps: Int) -> [Int] {
        precondition((1...count).contains(steps), "\(steps) sampling steps of \(count)")
        switch configuration.timestepSpacing {
        case .leading: return (0..<steps).reversed().map { $0 * (count / steps) }
        case .trailing: return trailing(steps)
        case .linspace: return spread(over: steps)
        }
    }

    /// The timesteps that the multistep solvers visit, from noisy to clean: but for trailing ones, one step is kept for the end.
    ///
    /// - Parameter steps: 1 ... `count - 1` (precondition).
    func solverTimesteps(steps: Int) -> [Int] {
        precondition((1..<max(count, 2)).contains(steps), "\(steps) sampling steps of \(count)")
        switch configuration.timestepSpacing {
        case .leading: return (1...steps).reversed().map { $0 * (count / (steps + 1)) }
        case .trailing: return trailing(steps)
        case .linspace: return Array(spread(over: steps + 1).dropLast())
        }
    }

    private func trailing(_ steps: Int) -> [Int] {
        let ratio = Double(count) / Double(steps)
        return (0..<steps).map { Int((Double(count) - Double($0) * ratio).rounded(.toNearestOrEven)) - 1 }
    }

    private func spread(over points: Int) -> [Int] {
        let distance = points == 1 ? 0 : Double(count - 1) / Double(points - 1)
        return (0..<points).reversed().map { Int((Double($0) * distance).rounded(.toNearestOrEven)) }
    }
}

/// How strong image and noise are: `x = signal x_0 + deviation noise` with `signal^2 + deviation^2 = 1`.
struct NoiseLevel: Equatable {
    let signal: Double
    let deviation: Double

    init(signal: Double, deviation: Double) { (self.signal, self.deviation) = (signal, deviation) }

    /// Of the ratio of noise to image that solvers call sigma.
    init(ratio: Double) {
        signal = 1 / (ratio * ratio + 1).squareRoot()
        deviation = ratio * signal
    }

    /// Half the logarithm of the signal-to-noise ratio; infinite without noise.
    var logRatio: Double { log(signal) - log(deviation) }
}

extension NoiseSchedule {
    /// The share of the image that a solver takes for none, so that ratios stay finite.
    private static let smallestShare = 0x1p-24

    /// The ratio of noise to image at each timestep.
    private var ratios: [Double] {
        cumulativeAlphas.map { alpha in
            let share = alpha == 0 ? Self.smallestShare : alpha
            return ((1 - share) / share).squareRoot()
        }
    }

    /// Timesteps and noise levels of a solver's steps, from noisy to clean; one level more, where it ends.
    func solverLevels(
        steps: Int, _ options: SolverOptions, rounding: FloatingPointRoundingRule
    ) -> (timesteps: [Int], levels: [NoiseLevel]) {
        let ratios = ratios
        var timesteps = solverTimesteps(steps: steps)
        var visited = timesteps.map { ratios[$0] }
        if options.usesKarrasLevels {
            visited = Self.karrasRatios(from: ratios[count - 1], to: ratios[0], steps: steps)
            timesteps = visited.map { Int(timestep(ofRatio: $0, in: ratios).rounded(rounding)) }
        }
        return (timesteps, (visited + [options.endsAtSmallestNoise ? ratios[0] : 0]).map(NoiseLevel.init))
    }

    /// Evenly spread in the seventh root [Karras22 eq. 5].
    private static func karrasRatios(from largest: Double, to smallest: Double, steps: Int) -> [Double] {
        let rho = 7.0
        let (first, last) = (pow(largest, 1 / rho), pow(smallest, 1 / rho))
        return (0..<steps).map { index in
            pow(first + Double(index) / Double(max(steps - 1, 1)) * (last - first), rho)
        }
    }

    /// The timestep, with a fraction, at which noise is `ratio` times the image: between its neighbours on a logarithmic scale.
    private func timestep(ofRatio ratio: Double, in ratios: [Double]) -> Double {
        let below = max(min((ratios.lastIndex { $0 <= ratio } ?? 0), count - 2), 0)
        guard count > 1 else { return 0 }
        let (low, high) = (log(ratios[below]), log(ratios[below + 1]))
        let weight = min(max((low - log(ratio)) / (low - high), 0), 1)
        return Double(below) + weight
    }
}
