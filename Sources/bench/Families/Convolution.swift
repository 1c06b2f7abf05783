import Kernels

extension BenchmarkFamily {
    /// `conv3x3/fwd|dgrad|wgrad/n8ci128co128hw32`, `conv1x1/...`, `conv3x3s2/...` (see `ConvolutionName`): batch, channels in and out,
    /// side of the input. Verified on one image.
    static let convolution = BenchmarkFamily(
        cases: ["n8ci128co128hw32", "n8ci256co256hw16", "n8ci256co256hw8", "n8ci256co256hw4", "n8ci512co256hw16"].flatMap {
            size in
            LayerPass.allCases.map { "conv3x3/\($0.rawValue)/\(size)" }
        } + LayerPass.allCases.map { "conv1x1/\($0.rawValue)/n8ci256co256hw16" },
        precisions: Precision.allCases,
        operations: [.float32: Conv2DKernel.self, .bfloat16: BFloat16Conv2DKernel.self],
        smallProblem: "conv3x3/wgrad/n2ci32co32hw8",
        make: { problem, context in
            guard problem.parts.count == 3, let pass = LayerPass(rawValue: String(problem.parts[1])),
                let name = ConvolutionName(problem.parts[0]),
                let size = problem.numbers(2, "n", "ci", "co", "hw"), size.allSatisfy({ $0 > 0 }),
                let smaller = name.geometry(batch: 1, inputChannels: size[1], outputChannels: size[2], side: size[3]),
                let geometry = name.geometry(batch: size[0], inputChannels: size[1], outputChannels: size[2], side: size[3])
            else { return nil }
            return Benchmark("convolution", in: context, limit: .arithmetic, tolerance: pass.winogradTolerance) {
                .convolution(pass, $1 ? smaller : geometry, $0)
            }
        })
}

extension LayerPass {
    /// Of the fused Winograd kernel in float32, against Double.
    fileprivate var winogradTolerance: Double { self == .weightGradient ? 5e-6 : 4e-6 }
}

extension OperationRun {
    fileprivate static func convolution(
        _ pass: LayerPass, _ geometry: Conv2DGeometry, _ context: ComputeContext
    ) -> OperationRun {
        let precision = context.precision
        let input = Tensor.random([geometry.inputCount], item: 0, precision)
        let dOutput = Tensor.random([geometry.outputCount], item: 3, precision)
        let (weight, bias) = (Tensor.random([geometry.weightCount], item: 1), Tensor.random([geometry.outputChannels], item: 2))
        switch pass {
        case .forward:
            let output = Tensor(shape: [geometry.outputCount], precision: precision)
            return OperationRun(results: [output]) {
                context.conv2dForward(input: input, weight: weight, bias: bias, geometry: geometry, into: output)
            }
        case .dataGradient:
            let dInput = Tensor(shape: [geometry.inputCount], precision: precision)
            return OperationRun(results: [dInput]) {
                context.conv2dBackwardData(dOutput: dOutput, weight: weight, geometry: geometry, into: dInput)
            }
        case .weightGradient:
            let (dWeight, dBias) = (Tensor(shape: [geometry.weightCount]), Tensor(shape: [geometry.outputChannels]))
            return OperationRun(results: [dWeight, dBias]) {
                context.conv2dBackwardWeight(
                    input: input, dOutput: dOutput, geometry: geometry, accumulatingInto: dWeight, dBias: dBias)
            }
        }
    }
}
