import Kernels

extension BenchmarkFamily {
    /// `linear/fwd|dgrad|wgrad/n2048ci256co256`: rows, features in and out. Verified on at most 64 rows.
    static let linear = BenchmarkFamily(
        cases: LayerPass.allCases.map { "linear/\($0.rawValue)/n2048ci256co256" }, precisions: Precision.allCases,
        operations: [.float32: Conv2DKernel.self, .bfloat16: BFloat16Conv2DKernel.self], smallProblem: "linear/wgrad/n3ci5co7",
        make: { problem, context in
            guard problem.parts.count == 3, problem.parts[0] == "linear",
                let pass = LayerPass(rawValue: String(problem.parts[1])),
                let size = problem.numbers(2, "n", "ci", "co"), size.allSatisfy({ $0 > 0 })
            else { return nil }
            return Benchmark("dense layer", in: context, limit: .arithmetic, tolerance: 2e-6) {
                .linear(pass, rows: $1 ? min(size[0], 64) : size[0], inputs: size[1], outputs: size[2], $0)
            }
        })
}

extension OperationRun {
    fileprivate static func linear(
        _ pass: LayerPass, rows: Int, inputs: Int, outputs: Int, _ context: ComputeContext
    ) -> OperationRun {
        let precision = context.precision
        let (input, weight) = (Tensor.random([rows, inputs], item: 0, precision), Tensor.random([outputs, inputs], item: 1))
        let (bias, dOutput) = (Tensor.random([outputs], item: 2), Tensor.random([rows, outputs], item: 3, precision))
        switch pass {
        case .forward:
            let output = Tensor(shape: [rows, outputs], precision: precision)
            return OperationRun(results: [output]) {
                context.linearForward(input: input, weight: weight, bias: bias, into: output)
            }
        case .dataGradient:
            let dInput = Tensor(shape: [rows, inputs], precision: precision)
            return OperationRun(results: [dInput]) {
                context.linearBackwardData(dOutput: dOutput, weight: weight, into: dInput)
            }
        case .weightGradient:
            let (dWeight, dBias) = (Tensor(shape: [outputs, inputs]), Tensor(shape: [outputs]))
            return OperationRun(results: [dWeight, dBias]) {
                context.linearBackwardWeight(input: input, dOutput: dOutput, accumulatingInto: dWeight, dBias: dBias)
            }
        }
    }
}
