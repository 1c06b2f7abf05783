/// What a server must remember between rounds besides the global weights: with both, a resumed run gives the same weights as an
/// uninterrupted one.
public struct ServerState: Sendable, Equatable {
    /// Rounds finished so far.
    public var completedRounds: Int
    /// `T`: fixed when the run starts.
    public var timeBudgetSeconds: Double
    /// Executed floating-point operations per training sample, from the warm-up before round 1.
    public var warmUpFLOPsPerSample: Double
    /// By device id: what its last accepted frame and report said.
    public var forecasts: [Int: DeviceForecast]
    /// What the server optimiser keeps; empty for FedAvg.
    public var moments: ServerMoments

    public init(
        completedRounds: Int, timeBudgetSeconds: Double, warmUpFLOPsPerSample: Double, forecasts: [Int: DeviceForecast],
        moments: ServerMoments = ServerMoments()
    ) {
        self.completedRounds = completedRounds
        self.timeBudgetSeconds = timeBudgetSeconds
        self.warmUpFLOPsPerSample = warmUpFLOPsPerSample
        self.forecasts = forecasts
        self.moments = moments
    }
}
