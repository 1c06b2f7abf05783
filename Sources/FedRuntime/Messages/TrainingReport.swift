/// What local training reports beside the weights.
package struct TrainingReport: Sendable, Equatable {
    /// Mean loss over the round's local iterations.
    package var loss: Double
    /// Samples that went through the model.
    package var samplesTrained: Int
    /// Floating-point operations that the kernels executed.
    package var executedFLOPs: Int
    /// Those of it in products of bfloat16.
    package var bfloat16FLOPs = 0
    /// Their textbook count.
    package var nominalFLOPs: Int
    /// The round whose quantization error the update makes up for; nil without error feedback.
    package var feedbackRound: Int?

    package init(loss: Double, samplesTrained: Int, executedFLOPs: Int, nominalFLOPs: Int) {
        self.loss = loss
        self.samplesTrained = samplesTrained
        self.executedFLOPs = executedFLOPs
        self.nominalFLOPs = nominalFLOPs
    }

    /// Why a server does not believe the report, or nil. Keeps the means over a round's reports finite.
    var flaw: String? {
        let work = 1...Self.largestCount
        if !(loss <= Self.largestLoss) { return "the loss is \(loss), beyond \(Self.largestLoss): training diverged" }
        if loss < 0 { return "the loss is \(loss), below 0" }
        if !work.contains(samplesTrained) { return "\(samplesTrained) samples trained is outside \(work)" }
        if !work.contains(executedFLOPs) { return "\(executedFLOPs) executed FLOPs is outside \(work)" }
        if !(0...executedFLOPs).contains(bfloat16FLOPs) {
            return "\(bfloat16FLOPs) FLOPs in bfloat16 is outside 0...\(executedFLOPs), all that were executed"
        }
        if !work.contains(nominalFLOPs) { return "\(nominalFLOPs) nominal FLOPs is outside \(work)" }
        return nil
    }

    private static let largestLoss = 1e30
    /// Ten days at 10 GFLOP/s; exact in Double.
    private static let largestCount = 1 << 53
}
