import Records

/// Sums of the steps since the last record.
struct PretrainingSums {
    private var steps = 0
    private var loss = 0.0
    private var gradientNorm = 0.0
    private var seconds = 0.0

    /// Adds one step that took `seconds`.
    mutating func add(loss: Double, gradientNorm: Double, seconds: Double) {
        steps += 1
        self.loss += loss
        self.gradientNorm += gradientNorm
        self.seconds += seconds
    }

    /// The record of the steps added so far, nil where there are none; starts again from nothing.
    mutating func takeRecord(step: Int, learningRate: Double, batchSize: Int) -> PretrainingRecord? {
        defer { self = PretrainingSums() }
        guard steps > 0 else { return nil }
        return PretrainingRecord(
            step: step, loss: loss / Double(steps), gradientNorm: gradientNorm / Double(steps), learningRate: learningRate,
            imagesPerSecond: Double(steps * batchSize) / max(seconds, 1e-9), wallSeconds: seconds)
    }
}
