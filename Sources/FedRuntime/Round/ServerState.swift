/// What a server must remember between rounds besides the global weights: with both, a resumed run gives the same weights as an
/// uninterrupted one.
package struct ServerState: Sendable, Equatable {
    /// Rounds finished so far.
    package var completedRounds: Int
    /// `T`: fixed when the run starts.
    package var timeBudgetSeconds: Double
    /// Executed floating-point operations per training sample, from the warm-up before round 1.
    package var warmUpFLOPsPerSample: Double
    /// By device id: what its last accepted frame and report said.
    package var forecasts: [Int: DeviceForecast]
    /// What the server optimiser keeps; empty for FedAvg.
    package var moments: ServerMoments

    package init(
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
