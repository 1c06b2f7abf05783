import Energy
import Kernels

/// Rayleigh block fading: the power gain of a device's channel is redrawn each round, exponentially distributed around its mean.
package struct BlockFading: Sendable {
    package let seed: UInt64

    package init(seed: UInt64) { self.seed = seed }

    /// Power gain of the round over the mean gain: positive, mean 1. A pure function of seed, round and device.
    package func gain(round: Int, device: Int) -> Double {
        var draw = CounterRandom(
            seed: seed, stream: .fading, round: UInt32(truncatingIfNeeded: round), device: UInt32(truncatingIfNeeded: device)
        ).generator()
        // 1 - u is in (0, 1]; the gain stays positive also where u is 0.
        return max(-naturalLogarithm(1 - draw.nextUniform()), Self.smallestGain)
    }

    private static let smallestGain = 0x1p-53
}

extension RadioModel {
    /// The channel in a round in which its power gain is `gain` times the mean.
    func faded(by gain: Double) throws(EnergyInputError) -> RadioModel {
        try with(channelGain: channelGain * gain)
    }
}
