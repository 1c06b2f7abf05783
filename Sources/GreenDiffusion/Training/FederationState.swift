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
    }

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

    /// The state as the server takes it up; nil where a table has not one entry for each width.
    var serverState: ServerState? {
        let widths = CodeWidths.all.count
        guard forecasts.allSatisfy({ $0.expectedErrors.count == widths && $0.codedBytes.count == widths }) else { return nil }
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
