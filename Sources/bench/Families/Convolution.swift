import Kernels

extension BenchmarkFamily {
    /// `conv3x3/fwd|dgrad|wgrad/n8ci128co128hw32`, `conv1x1/...`, `conv3x3s2/...` (see `ConvolutionName`): batch, channels in and out,
    /// side of the input.
    static let convolution = BenchmarkFamily(
        cases: ["n8ci128co128hw32", "n8ci256co256hw16", "n8ci256co256hw8", "n8ci256co256hw4", "n8ci512co256hw16"].flatMap {
            size in
            LayerPass.allCases.map { "conv3x3/\($0.rawValue)/\(size)" }
        } + LayerPass.allCases.map { "conv1x1/\($0.rawValue)/n8ci256co256hw16" },
        make: { problem, threads in
            guard problem.parts.count == 3, let pass = LayerPass(rawValue: String(problem.parts[1])),
                let name = ConvolutionName(problem.parts[0]),
                let size = problem.numbers(2, "n", "ci", "co", "hw"), size.allSatisfy({ $0 > 0 }),
                let smaller = name.geometry(batch: 1, inputChannels: size[1], outputChannels: size[2], side: size[3]),
                let geometry = name.geometry(batch: size[0], inputChannels: size[1], outputChannels: size[2], side: size[3])
            else { return nil }
            return ConvolutionRun(pass, geometry, ComputeContext(threads: threads)).benchmark(smaller: smaller)
        })
}

extension LayerPass {
    /// Of the fused Winograd kernel in float32, against Double.
    fileprivate var winogradTolerance: Double { self == .weightGradient ? 5e-6 : 4e-6 }
}

/// One pass of a convolution with its tensors.
private struct ConvolutionRun {
    let pass: LayerPass
    let geometry: Conv2DGeometry
    let context: ComputeContext
    let input: Tensor
    let weight: Tensor
    let bias: Tensor
    let dOutput: Tensor
    let result: Tensor
    let dBias: Tensor

    init(_ pass: LayerPass, _ geometry: Conv2DGeometry, _ context: ComputeContext) {
        (self.pass, self.geometry, self.context) = (pass, geometry, context)
        input = .random([geometry.inputCount], item: 0)
        weight = .random([geometry.weightCount], item: 1)
        bias = .random([geometry.outputChannels], item: 2)
        dOutput = .random([geometry.outputCount], item: 3)
        let counts = [
            LayerPass.forward: geometry.outputCount, .dataGradient: geometry.inputCount,
            .weightGradient: geometry.weightCount,
        ]
        result = Tensor(shape: [counts[pass, default: 0]])
        dBias = Tensor(shape: [geometry.outputChannels])
    }

    func run() {
        switch pass {
        case .forward: context.conv2dForward(input: input, weight: weight, bias: bias, geometry: geometry, into: result)
        case .dataGradient: context.conv2dBackwardData(dOutput: dOutput, weight: weight, geometry: geometry, into: result)
        case .weightGradient:
            context.conv2dBackwardWeight(
                input: input, dOutput: dOutput, geometry: geometry, accumulatingInto: result, dBias: dBias)
        }
    }

    /// Verified on `smaller`, the same problem with one image, against plain loops.
    func benchmark(smaller: Conv2DGeometry) -> Benchmark {
        context.meter.reset()
        run()
        let work = Work.flops(nominal: context.meter.nominalFLOPs, executed: context.meter.executedFLOPs)
        return Benchmark(
            work: work,
            verify: { () throws(VerificationError) in
                let plain = ComputeContext(threads: context.threads)
                plain.forcedConvolution = .reference
                let reference = ConvolutionRun(pass, smaller, plain)
                let checked = ConvolutionRun(pass, smaller, context)
                reference.run()
                checked.run()
                try VerificationError.check(
                    "convolution", relativeError(checked.result, reference.result), atMost: pass.winogradTolerance)
            }, run: run)
    }
}
