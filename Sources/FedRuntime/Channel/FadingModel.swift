/// How a device's channel changes from round to round around its mean.
package enum FadingModel: Sendable, Equatable {
    /// Not at all.
    case none
    /// Rayleigh block fading.
    case rayleigh
    /// As it was recorded.
    case trace(ChannelTrace)

    /// Power gain of the round over the mean gain. A pure function of its arguments.
    package func gain(seed: UInt64, round: Int, device: Int) -> Double {
        switch self {
        case .none: 1
        case .rayleigh: BlockFading(seed: seed).gain(round: round, device: device)
        case .trace(let trace): trace.gain(round: round, device: device)
        }
    }
}
