import Kernels

/// A slowly moving average of the parameters, which samples better than the parameters themselves.
///
/// The decay warms up as `min(decay, (1 + n) / (10 + n))` after n steps, so that the initial model is forgotten.
package final class ExponentialMovingAverage {
    /// The averaged parameters `(P)`.
    package let parameters: Tensor
    /// Largest decay of a step.
    package let decay: Double
    /// Steps averaged so far.
    package private(set) var steps: Int

    /// Steps that a training run can have averaged.
    package static let possibleSteps = 0...1 << 53

    /// Starts from a copy of `parameters`.
    ///
    /// - Parameters:
    ///   - decay: within 0 ... 1 (precondition).
    ///   - steps: averaged before, when training resumes.
    package init(of parameters: Tensor, decay: Double, steps: Int = 0) {
        precondition((0...1).contains(decay) && Self.possibleSteps.contains(steps), "EMA decay \(decay) after \(steps) steps")
        self.parameters = Tensor(shape: [parameters.count])
        self.parameters.copy(from: parameters)
        (self.decay, self.steps) = (decay, steps)
    }

    /// Moves towards `parameters` by as much as `count` steps at these parameters would.
    package func update(_ parameters: Tensor, steps count: Int = 1, context: ComputeContext) {
        context.emaUpdate(average: self.parameters, parameters: parameters, decay: takeDecay(steps: count))
    }

    /// Counts the next `count` steps and returns their decay, for an optimiser that moves the average in its own pass.
    func takeDecay(steps count: Int = 1) -> Float {
        let product = (steps..<(steps + count)).reduce(1.0) { $0 * min(decay, Double(1 + $1) / Double(10 + $1)) }
        steps += count
        return Float(product)
    }
}
