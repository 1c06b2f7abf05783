import Kernels

/// Local training as the runtime sees it: weights in, weights out.
package protocol LocalTrainer {
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
