import CKernels

/// Constants of Adam with decoupled weight decay [Loshchilov & Hutter 2019]; plain Adam [Kingma & Ba 2015] where the decay is 0.
package struct AdamWOptions: Sendable, Equatable {
    /// Size of a step.
    package var learningRate: Double
    /// Decay of the first moment in a step.
    package var beta1: Double
    /// Decay of the second moment in a step.
    package var beta2: Double
    /// Added to the root of the second moment.
    package var epsilon: Double
    /// Share of `learningRate` that a parameter shrinks by in a step.
    package var weightDecay: Double

    /// PyTorch's defaults but for the decay.
    package init(
        learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0
    ) {
        (self.learningRate, self.beta1, self.beta2) = (learningRate, beta1, beta2)
        (self.epsilon, self.weightDecay) = (epsilon, weightDecay)
    }
}

extension ComputeContext {
    /// One optimiser step in place, with the arithmetic of `torch.optim.AdamW`; every value is read and written once.
    ///
    /// - Parameters:
    ///   - parameters, firstMoment, secondMoment: equally many elements, updated; moments are zero before step 1.
    ///   - gradients: as many, multiplied by `gradientScale` before use; zero afterwards, for the next step to add to.
    ///   - step: 1 for the first.
    ///   - average: as many elements that move to `averageDecay * average + (1 - averageDecay) * parameters` after the update; nil
    ///     for none.
    package func adamWStep(
        parameters: Tensor, consuming gradients: Tensor, firstMoment: Tensor, secondMoment: Tensor, step: Int,
        options: AdamWOptions, gradientScale: Float = 1, average: Tensor? = nil, averageDecay: Float = 0
    ) {
        let count = parameters.count
        precondition(step >= 1, "optimiser steps count from 1")
        require(gradients, count: count, "gradients")
        require(firstMoment, count: count, "firstMoment")
        require(secondMoment, count: count, "secondMoment")
        if let average { require(average, count: count, "average") }
        var constants = gd_adamw(
            learning_rate: Float(options.learningRate), beta1: Float(options.beta1), beta2: Float(options.beta2),
            epsilon: Float(options.epsilon), weight_decay: Float(options.weightDecay),
            bias_correction1: Float(1 - power(options.beta1, Double(step))),
            bias_correction2: Float(1 - power(options.beta2, Double(step))), gradient_scale: gradientScale,
            average_decay: averageDecay)
        let (flops, passes) = average == nil ? (15, 8) : (18, 10)
        let kernel = kernel(AdamWKernel.self, for: ElementShape(count))
        perform("adamW", on: ElementShape(count), OperationWork(flops: flops * count, bytes: floatBytes(passes * count))) {
            kernel.step(
                Int64(count), &constants, gradients.base, parameters.base, firstMoment.base, secondMoment.base,
                average?.base, threadCount)
        }
    }
}

/// The kernels of AdamW's step, best first.
package enum AdamWKernel: String, OperationKernel {
    /// One pass over memory for clipping, update, average and clearing.
    case fused
    /// One element after another, in Double.
    case reference

    package typealias Shape = ElementShape
    package static let operation = "adamW"

    var step: gd_f32_adamw_step {
        switch self {
        case .fused: gd_f32_adamw_step__fused
        case .reference: gd_f32_adamw_step__reference
        }
    }
}
