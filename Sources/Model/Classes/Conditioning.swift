import Kernels

/// Which classes a conditional model draws, and how strongly it is steered to them.
package struct Conditioning: Sendable, Equatable {
    /// Image i of a run has label `labels[i % labels.count]`.
    package let labels: [Int]
    /// The weight w of classifier-free guidance [Ho22]; 1 takes the model's prediction as it is.
    package let guidance: Double
    /// The label that stands for "no class"; needed where `guidance` is not 1.
    package let nullLabel: Int?

    /// - Parameter labels: at least one (precondition).
    package init(labels: [Int], guidance: Double = 1, nullLabel: Int? = nil) {
        precondition(!labels.isEmpty, "no label")
        precondition(guidance == 1 || nullLabel != nil, "guidance \(guidance) without a label that means no class")
        (self.labels, self.guidance, self.nullLabel) = (labels, guidance, nullLabel)
    }
}

extension UNet {
    /// What the sampler takes for the model's prediction of images `first`, `first + 1`, ...: with guidance of weight w
    ///
    ///     prediction = none + w (class - none)
    ///
    /// from two passes, one with the labels and one without any class. Both are linear in what the model predicts.
    ///
    /// - Parameters:
    ///   - sample: `(N, H, W, inChannels)` (precondition).
    ///   - timesteps: N, 0-based.
    ///   - conditioning: of a conditional model, else nil (precondition).
    package func predict(_ sample: Tensor, timesteps: [Int], first: Int, _ conditioning: Conditioning?) -> Tensor {
        guard let conditioning else { return predictNoise(sample, timesteps: timesteps) }
        let labels = timesteps.indices.map { conditioning.labels[(first + $0) % conditioning.labels.count] }
        let prediction = predictNoise(sample, timesteps: timesteps, classLabels: labels)
        guard conditioning.guidance != 1, let nullLabel = conditioning.nullLabel else { return prediction }
        let none = predictNoise(
            sample, timesteps: timesteps, classLabels: [Int](repeating: nullLabel, count: timesteps.count))
        let weight = Float(conditioning.guidance)
        // SAFETY: both have `prediction.count` elements.
        let (withClass, without) = (prediction.base, none.base)
        for i in 0..<prediction.count { withClass[i] = without[i] + weight * (withClass[i] - without[i]) }
        return prediction
    }
}
