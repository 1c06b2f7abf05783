/// How far a pretraining run is, after a step.
public struct PretrainingProgress: Sendable {
    /// What an observer wants next.
    public enum Wish: Sendable {
        /// Train on.
        case goOn
        /// Save, and end the run for now.
        case stop
    }

    /// Steps done.
    public private(set) var step = 0
    /// All steps of the run.
    public let steps: Int
    /// Moving average of the training loss over some hundred steps.
    public private(set) var loss = 0.0
    /// Share of the images drawn for an evaluation that is under way, in 0...1; nil while the model trains. A wish to stop is heard after it.
    public internal(set) var evaluation: Double?
    /// Moving average of the speed.
    public var imagesPerSecond: Double { secondsPerStep > 0 ? Double(batchSize) / secondsPerStep : 0 }

    private let batchSize: Int
    private var secondsPerStep = 0.0
    private var weight = 0.0

    private static let decay = 0.99

    init(settings: PretrainingSettings) { (steps, batchSize) = (settings.steps, settings.batchSize) }

    mutating func add(step: Int, loss: Double, seconds: Double) {
        self.step = step
        // A bias-free moving average: each value counts by its share of the weights so far.
        weight = Self.decay * weight + 1
        self.loss += (loss - self.loss) / weight
        secondsPerStep += (seconds - secondsPerStep) / weight
    }
}
