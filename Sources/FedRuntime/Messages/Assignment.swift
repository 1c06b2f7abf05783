import Codec

/// What the server asks of one device in one round. It travels with the global model.
package struct Assignment: Sendable, Equatable {
    /// Run, round, device, base model and payload kind that the device's frame must name.
    package let binding: FrameBinding
    package let device: FederatedDevice
    /// Power gain of the device's channel in this round over its mean.
    package let fading: Double
    package let plan: DevicePlan
    /// What the plan was made from.
    package let forecast: DeviceForecast
    package let settings: DeviceSettings

    /// The round, counted from 1.
    package var round: Int { Int(binding.round) }
}

/// What every device of a run must know to train and to code its update.
package struct DeviceSettings: Sendable, Equatable {
    package let seed: UInt64
    /// `I`: optimiser steps in a round.
    package let localIterations: Int
    /// `D`: samples in one of them.
    package let batchSize: Int
    package let quantizer: Quantizer
    package let rule: BitRule

    init(seed: UInt64, localIterations: Int, batchSize: Int, quantizer: Quantizer, rule: BitRule) {
        (self.seed, self.localIterations, self.batchSize) = (seed, localIterations, batchSize)
        (self.quantizer, self.rule) = (quantizer, rule)
    }

    init(_ settings: FederationSettings) {
        (seed, quantizer, rule) = (settings.seed, settings.quantizer, settings.rule)
        (localIterations, batchSize) = (settings.localIterations, settings.batchSize)
    }
}
