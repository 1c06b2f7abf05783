import Codec
import FedRuntime

/// The server's memory between rounds as a file holds it.
struct FederationState: Codable, Equatable {
    /// Binds frames to this run.
    let runID: UInt64
    let completedRounds: Int
    let timeBudgetSeconds: Double
    let warmUpFLOPsPerSample: Double
    let forecasts: [Forecast]

    /// What a device's last accepted frame and report said.
    struct Forecast: Codable, Equatable {
        let device: Int
        let squaredNorm: Double
        let expectedErrors: [Double]
        let codedBytes: [Int]
        let executedFLOPsPerSample: Double

        /// One entry for each width, all such as frames state.
        var isSound: Bool {
            let widths = CodeWidths.all.count
            return device >= 0 && expectedErrors.count == widths && codedBytes.count == widths
                && codedBytes.allSatisfy { (0...1 << 53).contains($0) }
                && ([squaredNorm, executedFLOPsPerSample] + expectedErrors).allSatisfy(FederationState.isSound)
        }
    }

    /// Not negative, and far from the end of the range.
    fileprivate static func isSound(_ value: Double) -> Bool { (0...1e100).contains(value) }

    init(_ state: ServerState, runID: UInt64) {
        self.runID = runID
        completedRounds = state.completedRounds
        timeBudgetSeconds = state.timeBudgetSeconds
        warmUpFLOPsPerSample = state.warmUpFLOPsPerSample
        forecasts = state.forecasts.sorted { $0.key < $1.key }.map { device, forecast in
            Forecast(
                device: device, squaredNorm: forecast.summary.squaredNorm, expectedErrors: forecast.summary.expectedErrors,
                codedBytes: forecast.summary.codedBytes, executedFLOPsPerSample: forecast.executedFLOPsPerSample)
        }
    }

    /// The state as the server takes it up; nil where a forecast is none that a frame can have led to.
    var serverState: ServerState? {
        guard Self.isSound(warmUpFLOPsPerSample), forecasts.allSatisfy(\.isSound) else { return nil }
        let known = forecasts.map { forecast in
            let summary = ErrorSummary(
                squaredNorm: forecast.squaredNorm, expectedErrors: forecast.expectedErrors, codedBytes: forecast.codedBytes)
            return (forecast.device, DeviceForecast(summary: summary, executedFLOPsPerSample: forecast.executedFLOPsPerSample))
        }
        return ServerState(
            completedRounds: completedRounds, timeBudgetSeconds: timeBudgetSeconds, warmUpFLOPsPerSample: warmUpFLOPsPerSample,
            forecasts: Dictionary(known) { _, last in last })
    }
}
