import CKernels
import Kernels
import TestSupport
import Testing

/// The optimiser's one pass over memory against its reference in Double.
@Suite struct AdamWTests {
    /// Around the vector width and around the block that a task updates.
    static let sizes = [1, 7, 8, 9, 67, 8191, 8192, 8193, 16_387]

    private struct Results {
        let parameters, firstMoment, secondMoment, average, gradients: [Float]

        var all: [[Float]] { [parameters, firstMoment, secondMoment, average, gradients] }
    }

    /// Two steps from random moments.
    private func run(_ count: Int, step: gd_f32_adamw_step, threads: Int32, averages: Bool = true) -> Results {
        let tensors = (1...4).map { normalTensor([count], seed: UInt64($0), scale: 0.1) }
        let (parameters, first, second, average) = (tensors[0], tensors[1], tensors[2], tensors[3])
        for index in 0..<count { second[index] = abs(second[index]) }
        let gradients = Tensor(shape: [count])
        var options = gd_adamw(
            learning_rate: 1e-2, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weight_decay: 0.1, bias_correction1: 0.4,
            bias_correction2: 0.05, gradient_scale: 0.3, average_decay: 0.8)
        for seed in [5, 6] as [UInt64] {
            gradients.copy(from: normalTensor([count], seed: seed))
            withExtendedLifetime((tensors, gradients)) {
                #expect(
                    step(
                        Int64(count), &options, gradients.base, parameters.base, first.base, second.base,
                        averages ? average.base : nil, threads) == GD_OK)
            }
        }
        return Results(
            parameters: parameters.values, firstMoment: first.values, secondMoment: second.values, average: average.values,
            gradients: gradients.values)
    }

    @Test(arguments: sizes)
    func matchesTheReferenceForAnyThreads(_ count: Int) {
        let reference = run(count, step: gd_f32_adamw_step__reference, threads: 1)
        let fast = run(count, step: gd_f32_adamw_step__fused, threads: 1)
        expectClose(fast.parameters, reference.parameters, tolerance: 1e-6)
        expectClose(fast.firstMoment, reference.firstMoment, tolerance: 1e-6)
        expectClose(fast.secondMoment, reference.secondMoment, tolerance: 1e-6)
        expectClose(fast.average, reference.average, tolerance: 1e-6)
        for threads: Int32 in [2, 3] {
            let several = run(count, step: gd_f32_adamw_step__fused, threads: threads)
            for (result, expected) in zip(several.all, fast.all) { expectSameBytes(result, expected) }
        }
    }

    private func expectClearedGradientsAndUntouchedAverage(_ step: gd_f32_adamw_step) {
        let with = run(67, step: step, threads: 2)
        let without = run(67, step: step, threads: 2, averages: false)
        #expect(with.gradients.allSatisfy { $0 == 0 })
        expectSameBytes(without.parameters, with.parameters)
        expectSameBytes(without.average, normalTensor([67], seed: 4, scale: 0.1).values)
    }

    @Test func clearsTheGradientsAndLeavesAnUnwantedAverage() {
        expectClearedGradientsAndUntouchedAverage(gd_f32_adamw_step__reference)
        expectClearedGradientsAndUntouchedAverage(gd_f32_adamw_step__fused)
    }

    @Test func oneStepSeparatelyAveragedIsTheSame() {
        let context = ComputeContext(threads: 2)
        func step(average: Tensor?) -> Tensor {
            let parameters = normalTensor([1000], seed: 1)
            context.adamWStep(
                parameters: parameters, consuming: normalTensor([1000], seed: 2), firstMoment: Tensor(shape: [1000]),
                secondMoment: Tensor(shape: [1000]), step: 1, options: AdamWOptions(learningRate: 1e-3), average: average,
                averageDecay: 0.9)
            return parameters
        }
        let (inOnePass, inTwo) = (normalTensor([1000], seed: 3), normalTensor([1000], seed: 3))
        _ = step(average: inOnePass)
        context.emaUpdate(average: inTwo, parameters: step(average: nil), decay: 0.9)
        expectSameBytes(inOnePass.values, inTwo.values)
    }
}
