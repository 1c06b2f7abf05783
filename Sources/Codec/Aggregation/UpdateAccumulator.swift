import Kernels

/// Takes in a round's verified frames in any order and gives their mean, the same to the last bit.
public protocol UpdateAccumulator: Sendable {
    /// Frames taken in so far.
    var frameCount: Int { get }

    /// Takes in a frame, whole or not at all; `weight` is the device's samples, which a mean in which all devices count alike does not use.
    mutating func add(_ frame: UpdateFrame, weight: Int, threads: Int) throws(AggregationError)

    /// The mean of the frames' values, for changes on top of `global`; `mean` is overwritten and may be `global`.
    ///
    /// At least one frame must have been added (precondition).
    func mean(global: Tensor, into mean: Tensor, threads: Int)
}
