/// Decay of the server's exponential moving average of the global weights, counted in local steps rather than rounds: a decay of
/// 0.9999 a round would sample the initial model.
public struct AveragingSchedule: Sendable, Equatable {
    /// Decay of one local step in the long run, in 0..<1.
    public let decayPerStep: Double

    public init(decayPerStep: Double) {
        precondition(decayPerStep >= 0 && decayPerStep < 1, "decay \(decayPerStep) outside 0..<1")
        self.decayPerStep = decayPerStep
    }

    /// What the average keeps over a round of `steps` local steps that follow `stepsBefore`: the product of
    /// `min(decay, (1 + n)/(10 + n))` over the steps `n`.
    public func decay(stepsBefore: Int, steps: Int) -> Double {
        var product = 1.0
        for step in stepsBefore..<(stepsBefore + steps) {
            let warmUp = Double(1 + step) / Double(10 + step)
            product *= min(decayPerStep, warmUp)
        }
        return product
    }
}
