import Kernels

/// Hides a share of the labels in training, so that a model learns both what a class looks like and what images look like at all:
/// what classifier-free guidance needs [Ho22].
package struct LabelDropout: Sendable, Equatable {
    /// Chance of each label to be hidden.
    package let probability: Double
    /// The label that stands for "no class".
    package let nullLabel: Int

    /// - Parameter probability: within 0 ... 1 (precondition).
    package init(probability: Double, nullLabel: Int) {
        precondition((0...1).contains(probability), "label dropout \(probability)")
        (self.probability, self.nullLabel) = (probability, nullLabel)
    }

    /// `labels` as the step at `address` sees them. Image i takes number i of the step's stream, whatever its label.
    package func labels(_ labels: [Int], at address: StepAddress) -> [Int] {
        var generator = address.random(.labelDropout).generator()
        return labels.map { generator.nextUniform() < probability ? nullLabel : $0 }
    }
}
