import Kernels

/// Local training as the runtime sees it: weights in, weights out.
public protocol LocalTrainer {
    associatedtype Failure: Error

    /// Trains the assignment's device: `localIterations` steps of `batchSize` samples of its own data, starting from `global`.
    ///
    /// Must be a pure function of its arguments and of state that a resumed run restores, so that resuming gives the same weights.
    ///
    /// - Parameters:
    ///   - global: the round's global weights; not to be changed.
    ///   - trained: as many elements, contents undefined; overwritten with the device's weights.
    mutating func train(
        from global: Tensor, assignment: Assignment, into trained: Tensor
    ) throws(Failure) -> TrainingReport
}

/// What local training reports beside the weights.
public struct TrainingReport: Sendable, Equatable {
    /// Mean loss over the round's local iterations.
    public var loss: Double
    /// Samples that went through the model.
    public var samplesTrained: Int
    /// Floating-point operations that the kernels executed.
    public var executedFLOPs: Int
    /// Their textbook count.
    public var nominalFLOPs: Int
    /// The round whose quantization error the update makes up for; nil without error feedback.
    public var feedbackRound: Int?

    public init(loss: Double, samplesTrained: Int, executedFLOPs: Int, nominalFLOPs: Int) {
        self.loss = loss
        self.samplesTrained = samplesTrained
        self.executedFLOPs = executedFLOPs
        self.nominalFLOPs = nominalFLOPs
    }

    /// Why a server does not believe the report, or nil. Keeps the means over a round's reports finite.
    var flaw: String? {
        let work = 1...Self.largestCount
        if !(loss.magnitude <= Self.largestLoss) { return "the loss is \(loss), beyond \(Self.largestLoss): training diverged" }
        if !work.contains(samplesTrained) { return "\(samplesTrained) samples trained is outside \(work)" }
        if !work.contains(executedFLOPs) { return "\(executedFLOPs) executed FLOPs is outside \(work)" }
        if !work.contains(nominalFLOPs) { return "\(nominalFLOPs) nominal FLOPs is outside \(work)" }
        return nil
    }

    private static let largestLoss = 1e30
    /// Ten days at 10 GFLOP/s; exact in Double.
    private static let largestCount = 1 << 53
}
