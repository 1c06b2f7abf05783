import Codec

/// What the server asks of one device in one round. It travels with the global model.
public struct Assignment: Sendable, Equatable {
    /// Run, round, device, base model and payload kind that the device's frame must name.
    public let binding: FrameBinding
    public let device: FederatedDevice
    /// Power gain of the device's channel in this round over its mean.
    public let fading: Double
    public let plan: DevicePlan
    /// What the plan was made from.
    public let forecast: DeviceForecast
    public let settings: FederationSettings

    /// The round, counted from 1.
    public var round: Int { Int(binding.round) }
}
