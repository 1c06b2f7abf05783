import Kernels

extension BenchmarkFamily {
    /// `depthwise3x3/fwd/n8c96hw56`, `depthwise5x5s2/...` (stride 2): batch, channels, side of the input; padded by half the kernel.
    static let depthwise = BenchmarkFamily(
        cases: [
            "depthwise3x3/fwd/n8c96hw56", "depthwise3x3s2/fwd/n8c96hw56", "depthwise5x5/fwd/n8c672hw7",
            "depthwise5x5s2/fwd/n8c144hw28",
        ],
        operations: [.float32: DepthwiseKernel.self], smallProblem: "depthwise3x3s2/fwd/n2c20hw7",
        make: { problem, context in
            let layers = [
                "depthwise3x3": (3, 1), "depthwise3x3s2": (3, 2), "depthwise5x5": (5, 1), "depthwise5x5s2": (5, 2),
            ]
            guard problem.parts.count == 3, problem.parts[1] == "fwd", let (kernel, stride) = layers[String(problem.parts[0])],
                let size = problem.numbers(2, "n", "c", "hw"), size.allSatisfy({ $0 > 0 })
            else { return nil }
            return Benchmark("depthwise convolution", in: context, limit: .arithmetic, tolerance: 1e-6) { context, small in
                let geometry = WindowGeometry(
                    batch: small ? 1 : size[0], height: size[2], width: size[2], channels: size[1], kernel: kernel,
                    stride: stride, padding: .init(kernel / 2))
                let (input, output) = (Tensor.random([geometry.inputCount], item: 0), Tensor(shape: [geometry.outputCount]))
                let (weight, bias) = (Tensor.random([size[1] * kernel * kernel], item: 1), Tensor.random([size[1]], item: 2))
                return OperationRun(results: [output]) {
                    context.depthwiseForward(
                        input: input, weight: weight, bias: bias, activation: .relu6, geometry: geometry, into: output)
                }
            }
        })
}
