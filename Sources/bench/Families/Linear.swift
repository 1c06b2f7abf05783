import Kernels

extension BenchmarkFamily {
    /// `linear/fwd|bwd/n2048ci256co256`: rows, features in and out; `bwd` is the gradients of input, weight and bias.
    static let linear = BenchmarkFamily(
        cases: ["linear/fwd/n2048ci256co256", "linear/bwd/n2048ci256co256"],
        make: { problem, threads in
            guard problem.parts.count == 3, problem.parts[0] == "linear", ["fwd", "bwd"].contains(problem.parts[1]),
                let size = problem.numbers(2, "n", "ci", "co"), size.allSatisfy({ $0 > 0 })
            else { return nil }
            let make = { (rows: Int, context: ComputeContext) in
                LinearRun(rows: rows, inputs: size[1], outputs: size[2], context: context)
            }
            let run = make(size[0], ComputeContext(threads: threads))
            let smaller = { context in make(min(size[0], 64), context) }
            return run.benchmark(backward: problem.parts[1] == "bwd", smaller: smaller)
        })
}

/// A dense layer with its tensors.
private struct LinearRun {
    let context: ComputeContext
    let input, weight, bias, output, dOutput: Tensor
    let dInput, dWeight, dBias: Tensor

    init(rows: Int, inputs: Int, outputs: Int, context: ComputeContext) {
        self.context = context
        (input, weight) = (.random([rows, inputs], item: 0), .random([outputs, inputs], item: 1))
        (bias, dOutput) = (.random([outputs], item: 2), .random([rows, outputs], item: 3))
        (output, dInput) = (Tensor(shape: [rows, outputs]), Tensor(shape: [rows, inputs]))
        (dWeight, dBias) = (Tensor(shape: [outputs, inputs]), Tensor(shape: [outputs]))
    }

    func forward() { context.linearForward(input: input, weight: weight, bias: bias, into: output) }

    func backward() {
        context.linearBackwardWeight(input: input, dOutput: dOutput, accumulatingInto: dWeight, dBias: dBias)
        context.linearBackwardData(dOutput: dOutput, weight: weight, into: dInput)
    }

    /// Verified against plain loops on `smaller`, the same layer with fewer rows.
    func benchmark(backward isBackward: Bool, smaller: @escaping (ComputeContext) -> LinearRun) -> Benchmark {
        let run = isBackward ? backward : forward
        context.meter.reset()
        run()
        return Benchmark(
            work: .flops(nominal: context.meter.nominalFLOPs, executed: context.meter.executedFLOPs),
            verify: { () throws(VerificationError) in
                let plain = ComputeContext(threads: context.threads)
                plain.forcedConvolution = .reference
                let (checked, reference) = (smaller(context), smaller(plain))
                for layer in [checked, reference] { if isBackward { layer.backward() } else { layer.forward() } }
                let results: KeyValuePairs =
                    isBackward
                    ? ["input gradient": \LinearRun.dInput, "weight gradient": \.dWeight, "bias gradient": \.dBias]
                    : ["dense layer": \LinearRun.output]
                for (what, tensor) in results {
                    let error = relativeError(checked[keyPath: tensor], reference[keyPath: tensor])
                    try VerificationError.check(what, error, atMost: 2e-6)
                }
            }, run: run)
    }
}
