import Kernels

extension BenchmarkFamily {
    /// `attention/fwd|bwd/n8t256h1c256`: images, tokens, heads, channels a head.
    static let attention = BenchmarkFamily(
        cases: ["attention/fwd/n8t256h1c256", "attention/bwd/n8t256h1c256"], precisions: Precision.allCases,
        operations: [.float32: AttentionKernel.self],
        smallProblem: "attention/bwd/n2t16h2c8",
        make: { problem, context in
            guard problem.parts.count == 3, problem.parts[0] == "attention", ["fwd", "bwd"].contains(problem.parts[1]),
                let size = problem.numbers(2, "n", "t", "h", "c"), size.allSatisfy({ $0 > 0 })
            else { return nil }
            let shape = [size[0], size[1], size[2] * size[3]]
            guard problem.parts[1] == "fwd" else {
                return Benchmark("attention gradient", in: context, limit: .arithmetic, tolerance: 1e-5) { context, _ in
                    .attentionBackward(shape, heads: size[2], context)
                }
            }
            return Benchmark("attention", in: context, limit: .arithmetic, tolerance: 4e-6) { context, _ in
                .attentionForward(shape, heads: size[2], context)
            }
        })
}

extension OperationRun {
    fileprivate static func attentionForward(_ shape: [Int], heads: Int, _ context: ComputeContext) -> OperationRun {
        let inputs = (0..<3).map { Tensor.random(shape, item: $0, context.precision) }
        let output = Tensor(shape: shape, precision: context.precision)
        return OperationRun(results: [output]) {
            context.attentionForward(query: inputs[0], key: inputs[1], value: inputs[2], heads: heads, into: output)
        }
    }

    fileprivate static func attentionBackward(_ shape: [Int], heads: Int, _ context: ComputeContext) -> OperationRun {
        let inputs = (0..<4).map { Tensor.random(shape, item: $0, context.precision) }
        let gradients = (0..<3).map { _ in Tensor(shape: shape, precision: context.precision) }
        return OperationRun(results: gradients) {
            context.attentionBackward(
                query: inputs[0], key: inputs[1], value: inputs[2], dOutput: inputs[3], heads: heads, dQuery: gradients[0],
                dKey: gradients[1], dValue: gradients[2])
        }
    }
}
