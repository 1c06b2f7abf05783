import Kernels

extension BenchmarkFamily {
    /// `linear/fwd|dgrad|wgrad/n2048ci256co256`: rows, features in and out.
    static let linear = BenchmarkFamily(
        cases: LayerPass.allCases.map { "linear/\($0.rawValue)/n2048ci256co256" },
        make: { problem, threads in
            guard problem.parts.count == 3, problem.parts[0] == "linear",
                let pass = LayerPass(rawValue: String(problem.parts[1])),
                let size = problem.numbers(2, "n", "ci", "co"), size.allSatisfy({ $0 > 0 })
            else { return nil }
            let make = { (rows: Int, context: ComputeContext) in
                LinearRun(pass, rows: rows, inputs: size[1], outputs: size[2], context: context)
            }
            return make(size[0], ComputeContext(threads: threads)).benchmark { make(min(size[0], 64), $0) }
        })
}

/// One pass of a dense layer with its tensors.
private struct LinearRun {
    let pass: LayerPass
    let context: ComputeContext
    let input, weight, bias, dOutput: Tensor
    let result, dBias: Tensor

    init(_ pass: LayerPass, rows: Int, inputs: Int, outputs: Int, context: ComputeContext) {
        (self.pass, self.context) = (pass, context)
        (input, weight) = (.random([rows, inputs], item: 0), .random([outputs, inputs], item: 1))
        (bias, dOutput) = (.random([outputs], item: 2), .random([rows, outputs], item: 3))
        result =
            switch pass {
            case .forward: Tensor(shape: [rows, outputs])
            case .dataGradient: Tensor(shape: [rows, inputs])
            case .weightGradient: Tensor(shape: [outputs, inputs])
            }
        dBias = Tensor(shape: [outputs])
    }

    func run() {
        switch pass {
        case .forward: context.linearForward(input: input, weight: weight, bias: bias, into: result)
        case .dataGradient: context.linearBackwardData(dOutput: dOutput, weight: weight, into: result)
        case .weightGradient:
            context.linearBackwardWeight(input: input, dOutput: dOutput, accumulatingInto: result, dBias: dBias)
        }
    }

    /// Verified against plain loops on `smaller`, the same layer with fewer rows.
    func benchmark(smaller: @escaping (ComputeContext) -> LinearRun) -> Benchmark {
        context.meter.reset()
        run()
        return Benchmark(
            work: .flops(nominal: context.meter.nominalFLOPs, executed: context.meter.executedFLOPs),
            verify: { () throws(VerificationError) in
                let plain = ComputeContext(threads: context.threads)
                plain.forcedConvolution = .reference
                let (checked, reference) = (smaller(context), smaller(plain))
                checked.run()
                reference.run()
                try VerificationError.check("dense layer", relativeError(checked.result, reference.result), atMost: 2e-6)
                try VerificationError.check("bias gradient", relativeError(checked.dBias, reference.dBias), atMost: 2e-6)
            }, run: run)
    }
}
