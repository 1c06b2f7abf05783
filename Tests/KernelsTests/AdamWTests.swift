import Kernels
import TestSupport
import Testing

/// Every kernel of the optimiser's step against the reference.
@Suite struct AdamWTests {
    /// Around the vector width and around the block that a task updates.
    static let sizes = [1, 7, 8, 9, 67, 8191, 8192, 8193, 16_387]

    private struct Results {
        let parameters, firstMoment, secondMoment, average, gradients: [Float]

        var all: [[Float]] { [parameters, firstMoment, secondMoment, average, gradients] }
    }

    /// Two steps, the fifth and the sixth, from random moments.
    private func run(_ count: Int, kernel: AdamWKernel, threads: Int, averages: Bool = true) -> Results {
        let context = ComputeContext(threads: threads)
        context.overrides = [kernel]
        let tensors = (1...4).map { normalTensor([count], seed: UInt64($0), scale: 0.1) }
        let (parameters, first, second, average) = (tensors[0], tensors[1], tensors[2], tensors[3])
        for index in 0..<count { second[index] = abs(second[index]) }
        let gradients = Tensor(shape: [count])
        for step in [5, 6] {
            gradients.copy(from: normalTensor([count], seed: UInt64(step)))
            context.adamWStep(
                parameters: parameters, consuming: gradients, firstMoment: first, secondMoment: second, step: step,
                options: AdamWOptions(learningRate: 1e-2, beta1: 0.9, beta2: 0.99, weightDecay: 0.1), gradientScale: 0.3,
                average: averages ? average : nil, averageDecay: 0.8)
        }
        return Results(
            parameters: parameters.values, firstMoment: first.values, secondMoment: second.values, average: average.values,
            gradients: gradients.values)
    }

    @Test(arguments: sizes)
    func matchesTheReferenceForAnyThreads(_ count: Int) {
        let reference = run(count, kernel: .reference, threads: 1)
        for kernel in AdamWKernel.allCases {
            let one = run(count, kernel: kernel, threads: 1)
            expectClose(one.parameters, reference.parameters, tolerance: 1e-6)
            expectClose(one.firstMoment, reference.firstMoment, tolerance: 1e-6)
            expectClose(one.secondMoment, reference.secondMoment, tolerance: 1e-6)
            expectClose(one.average, reference.average, tolerance: 1e-6)
            for threads in [2, 3] {
                let several = run(count, kernel: kernel, threads: threads)
                for (result, expected) in zip(several.all, one.all) { expectSameBytes(result, expected) }
            }
        }
    }

    @Test(arguments: AdamWKernel.allCases)
    func clearsTheGradientsAndLeavesAnUnwantedAverage(_ kernel: AdamWKernel) {
        let with = run(67, kernel: kernel, threads: 2)
        let without = run(67, kernel: kernel, threads: 2, averages: false)
        #expect(with.gradients.allSatisfy { $0 == 0 })
        expectSameBytes(without.parameters, with.parameters)
        expectSameBytes(without.average, normalTensor([67], seed: 4, scale: 0.1).values)
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
