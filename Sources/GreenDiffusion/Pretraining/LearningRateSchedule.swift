import Foundation

/// The learning rate of each step: a linear warm-up, then constant, or a half cosine down to 0 at the last step.
public struct LearningRateSchedule: Codable, Sendable, Equatable {
    /// What comes after the warm-up.
    public enum Decay: String, Codable, Sendable, CaseIterable {
        /// The peak rate to the end: the run can be continued at will.
        case constant
        /// Half a cosine to 0: the better model at a number of steps that is known beforehand.
        case cosine
    }

    /// The largest rate.
    public let peak: Double
    /// Steps until the peak is reached.
    public let warmUpSteps: Int
    /// All steps of the run.
    public let steps: Int
    /// What comes after the warm-up.
    public let decay: Decay

    /// A schedule; `warmUpSteps` may be 0.
    public init(peak: Double, warmUpSteps: Int, steps: Int, decay: Decay) {
        (self.peak, self.warmUpSteps, self.steps, self.decay) = (peak, warmUpSteps, steps, decay)
    }

    enum CodingKeys: String, CodingKey {
        case peak, steps, decay
        case warmUpSteps = "warm_up_steps"
    }

    /// The rate of step `step`, counted from 0.
    public func rate(at step: Int) -> Double {
        guard step >= warmUpSteps else { return peak * Double(step + 1) / Double(warmUpSteps + 1) }
        guard decay == .cosine, steps > warmUpSteps else { return peak }
        let progress = Double(step - warmUpSteps) / Double(steps - warmUpSteps)
        return peak * (1 + cos(.pi * min(progress, 1))) / 2
    }
}
