/// A selected device in a round, before it has a plan.
struct RoundCandidate {
    let device: FederatedDevice
    /// Power gain of its channel in this round over its mean.
    let fading: Double
    let forecast: DeviceForecast
}

/// The plans of a round's devices, chosen together.
struct SystemPlan {
    /// In the candidates' order.
    let plans: [Result<DevicePlan, Infeasibility>]
    /// Limit on the aggregate's expected squared error, and how far the choice's energy may lie above the least; nil where no device is
    /// feasible.
    let bits: SystemBitsRecord?
}

/// What a round's record says of bits that were chosen for all devices together.
struct SystemBitsRecord: Sendable, Equatable {
    /// `epsilon`, absolute: `sum p_k^2*D_k` may be that much.
    let aggregateErrorBound: Double
    /// Relative.
    let gap: Double
}
