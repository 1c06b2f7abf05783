import Codec

/// What a device's next update is expected to cost: what its last one did, or the global model's figures before its first.
package struct DeviceForecast: Sendable, Equatable {
    /// Exact expected error and frame size for each width.
    package var summary: ErrorSummary
    /// Floating-point operations that the meter counted, per training sample.
    package var executedFLOPsPerSample: Double

    package init(summary: ErrorSummary, executedFLOPsPerSample: Double) {
        self.summary = summary
        self.executedFLOPsPerSample = executedFLOPsPerSample
    }
}
