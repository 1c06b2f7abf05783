import Kernels
import TestSupport
import Testing

/// Every operation against PyTorch in float64 (`scripts/make-fixtures`).
@Suite struct OperationFixtureTests {
    let fixture: OperationFixture
    let context = ComputeContext(threads: 2)

    init() throws { fixture = try OperationFixture() }

    private func expect(
        _ result: Tensor, _ name: String, tolerance: Double = 1e-6, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = relativeError(result.values, fixture[name].values)
        #expect(error <= tolerance, "\(name): relative error \(error)", sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        ("conv3x3", 1, Conv2DGeometry.Padding(1)), ("conv3x3wide", 1, .init(1)), ("conv1x1", 1, .init(0)),
        ("conv3x3stride2", 2, .init(1)), ("conv3x3stride2asymmetric", 2, .asymmetric),
        ("conv1x7", 1, .init(top: 0, left: 3, bottom: 0, right: 3)), ("conv5x5", 1, .init(2)),
        ("conv3x3stride2bare", 2, .init(0)),
    ])
    func conv2d(_ name: String, _ stride: Int, _ padding: Conv2DGeometry.Padding) {
        let (input, weight, bias) = (fixture["\(name).input"], fixture["\(name).weight"], fixture["\(name).bias"])
        let dOutput = fixture["\(name).d_output"]
        let geometry = Conv2DGeometry(
            batch: input.shape[0], height: input.shape[1], width: input.shape[2], inputChannels: input.shape[3],
            outputChannels: weight.shape[0], kernelHeight: weight.shape[2], kernelWidth: weight.shape[3], stride: stride,
            padding: padding)
        #expect(geometry.outputShape == dOutput.shape)
        for kernel in Conv2DKernel.allCases where kernel.accepts(geometry) {
            context.overrides = [kernel]
            let (output, dInput) = (unwritten(dOutput.shape), unwritten(input.shape))
            let (dWeight, dBias) = (Tensor(shape: weight.shape), Tensor(shape: bias.shape))
            context.conv2dForward(input: input, weight: weight, bias: bias, geometry: geometry, into: output)
            context.conv2dBackwardData(dOutput: dOutput, weight: weight, geometry: geometry, into: dInput)
            context.conv2dBackwardWeight(
                input: input, dOutput: dOutput, geometry: geometry, accumulatingInto: dWeight, dBias: dBias)
            expect(output, "\(name).output")
            expect(dInput, "\(name).d_input")
            expect(dWeight, "\(name).d_weight")
            expect(dBias, "\(name).d_bias")
        }
    }

    /// Errors against float64 are at most 1.5 times those of PyTorch in bfloat16, whatever multiplies.
    @Test(arguments: [
        ("bfloat16Conv3x3", 1, Conv2DGeometry.Padding(1)), ("bfloat16Conv1x1", 1, .init(0)),
        ("bfloat16Conv3x3stride2", 2, .asymmetric),
    ])
    func bfloat16Conv2d(_ name: String, _ stride: Int, _ padding: Conv2DGeometry.Padding) {
        let (weight, bias) = (fixture["\(name).weight"], fixture["\(name).bias"])
        let input = Tensor(copying: fixture["\(name).input"], as: .bfloat16)
        let dOutput = Tensor(copying: fixture["\(name).d_output"], as: .bfloat16)
        let geometry = Conv2DGeometry(
            batch: input.shape[0], height: input.shape[1], width: input.shape[2], inputChannels: input.shape[3],
            outputChannels: weight.shape[0], kernel: weight.shape[2], stride: stride, padding: padding)
        defer { BFloat16Unit.select(nil) }
        for unit in BFloat16Unit.running {
            BFloat16Unit.select(unit)
            for kernel in BFloat16Conv2DKernel.allCases where kernel.accepts(geometry) {
                context.overrides = [kernel]
                let output = Tensor(shape: dOutput.shape, precision: .bfloat16)
                let dInput = Tensor(shape: input.shape, precision: .bfloat16)
                let (dWeight, dBias) = (Tensor(shape: weight.shape), Tensor(shape: bias.shape))
                context.conv2dForward(input: input, weight: weight, bias: bias, geometry: geometry, into: output)
                context.conv2dBackwardData(dOutput: dOutput, weight: weight, geometry: geometry, into: dInput)
                context.conv2dBackwardWeight(
                    input: input, dOutput: dOutput, geometry: geometry, accumulatingInto: dWeight, dBias: dBias)
                let results = [("output", output), ("d_input", dInput), ("d_weight", dWeight), ("d_bias", dBias)]
                for (place, (tensor, result)) in results.enumerated() {
                    let error = relativeError(result.values, fixture["\(name).\(tensor)"].values)
                    let limit = 1.5 * Double(fixture["\(name).errors"][place])
                    #expect(error <= limit, "\(name).\(tensor) by \(kernel) on \(unit.name): \(error)")
                }
            }
        }
    }

    @Test(arguments: [
        ("depthwise3", 1, Conv2DGeometry.Padding(1)), ("depthwise3stride2", 2, .asymmetric),
        ("depthwise5stride2", 2, .init(top: 1, left: 1, bottom: 2, right: 2)),
    ])
    func depthwise(_ name: String, _ stride: Int, _ padding: Conv2DGeometry.Padding) {
        let (input, weight, expected) = (fixture["\(name).input"], fixture["\(name).weight"], fixture["\(name).output"])
        let geometry = WindowGeometry(
            batch: input.shape[0], height: input.shape[1], width: input.shape[2], channels: input.shape[3],
            kernel: weight.shape[2], stride: stride, padding: padding)
        for kernel in DepthwiseKernel.allCases {
            context.overrides = [kernel]
            let output = unwritten(expected.shape)
            context.depthwiseForward(
                input: input, weight: weight, bias: fixture["\(name).bias"], activation: .relu6, geometry: geometry,
                into: output)
            expect(output, "\(name).output")
        }
    }

    @Test(arguments: [
        ("pool.max3stride2", Pooling.maximum, 2, 0), ("pool.max3", .maximum, 1, 1), ("pool.average3", .average, 1, 1),
    ])
    func pool(_ name: String, _ pooling: Pooling, _ stride: Int, _ padding: Int) {
        let (input, output) = (fixture["\(name).input"], unwritten(fixture["\(name).output"].shape))
        let geometry = WindowGeometry(
            batch: input.shape[0], height: input.shape[1], width: input.shape[2], channels: input.shape[3], kernel: 3,
            stride: stride, padding: .init(padding))
        context.poolForward(pooling, input: input, geometry: geometry, into: output)
        expect(output, "\(name).output")
    }

    @Test(arguments: ["resize.11x13", "resize.4x3", "resize.5x8"])
    func resize(_ name: String) {
        let output = unwritten(fixture["\(name).output"].shape)
        let (ones, zeros) = (Tensor(shape: [3], values: [1, 1, 1]), Tensor(shape: [3]))
        context.resizeForward(fixture["\(name).input"], scale: ones, shift: zeros, into: output)
        expect(output, "\(name).output")
    }

    @Test func linear() {
        let (input, weight, bias) = (fixture["linear.input"], fixture["linear.weight"], fixture["linear.bias"])
        for kernel in [Conv2DKernel.direct, .reference] {
            context.overrides = [kernel]
            let (output, dInput) = (unwritten([5, 7]), unwritten([5, 6]))
            let (dWeight, dBias) = (Tensor(shape: [7, 6]), Tensor(shape: [7]))
            context.linearForward(input: input, weight: weight, bias: bias, into: output)
            let dOutput = fixture["linear.d_output"]
            context.linearBackwardWeight(input: input, dOutput: dOutput, accumulatingInto: dWeight, dBias: dBias)
            context.linearBackwardData(dOutput: dOutput, weight: weight, into: dInput)
            expect(output, "linear.output")
            expect(dInput, "linear.d_input")
            expect(dWeight, "linear.d_weight")
            expect(dBias, "linear.d_bias")
        }
    }

    @Test(arguments: [("groupNorm", FusedActivation.none), ("groupNormSiLU", .silu)])
    func groupNorm(_ name: String, _ activation: FusedActivation) {
        let (input, scale, shift) = (fixture["\(name).input"], fixture["\(name).scale"], fixture["\(name).shift"])
        for kernel in GroupNormKernel.allCases {
            context.overrides = [kernel]
            let (output, dInput, statistics) = (unwritten(input.shape), unwritten(input.shape), unwritten([2, 4, 2]))
            let (dScale, dShift) = (Tensor(shape: [12]), Tensor(shape: [12]))
            context.groupNormForward(
                input: input, groups: 4, epsilon: 1e-6, scale: scale, shift: shift, activation: activation, into: output,
                statistics: statistics)
            context.groupNormBackward(
                input: input, groups: 4, epsilon: 1e-6, scale: scale, shift: shift, activation: activation,
                statistics: statistics, dOutput: fixture["\(name).d_output"], into: dInput, accumulatingInto: dScale,
                dShift: dShift)
            expect(output, "\(name).output")
            expect(dInput, "\(name).d_input")
            expect(dScale, "\(name).d_scale")
            expect(dShift, "\(name).d_shift")
        }
    }

    @Test func silu() {
        let input = fixture["silu.input"]
        for kernel in SiLUKernel.allCases {
            context.overrides = [kernel]
            let (output, dInput) = (unwritten(input.shape), unwritten(input.shape))
            context.siluForward(input: input, into: output)
            context.siluBackward(input: input, dOutput: fixture["silu.d_output"], into: dInput)
            expect(output, "silu.output")
            expect(dInput, "silu.d_input")
        }
    }

    @Test func attention() {
        let (query, key, value) = (fixture["attention.query"], fixture["attention.key"], fixture["attention.value"])
        for kernel in AttentionKernel.allCases {
            context.overrides = [kernel]
            let (output, dQuery) = (unwritten(query.shape), unwritten(query.shape))
            let (dKey, dValue) = (unwritten(query.shape), unwritten(query.shape))
            context.attentionForward(query: query, key: key, value: value, heads: 2, into: output)
            context.attentionBackward(
                query: query, key: key, value: value, dOutput: fixture["attention.d_output"], heads: 2, dQuery: dQuery,
                dKey: dKey, dValue: dValue)
            expect(output, "attention.output")
            expect(dQuery, "attention.d_query")
            expect(dKey, "attention.d_key")
            expect(dValue, "attention.d_value")
        }
    }

    /// The 1x1 convolution that changes nothing shows what its geometry and epilogue do.
    @Test func upsamplingAndChannelBiasOfAConvolution() {
        func identity(_ shape: [Int], upsample: Int) -> (weight: Tensor, geometry: Conv2DGeometry) {
            let weight = Tensor(shape: [shape[3], shape[3], 1, 1])
            for channel in 0..<shape[3] { weight[channel * shape[3] + channel] = 1 }
            return (
                weight,
                Conv2DGeometry(
                    batch: shape[0], height: shape[1], width: shape[2], inputChannels: shape[3], outputChannels: shape[3],
                    kernel: 1, upsample: upsample)
            )
        }
        let small = fixture["upsample.input"]
        let (output, dInput) = (unwritten(fixture["upsample.output"].shape), unwritten(small.shape))
        var (weight, geometry) = identity(small.shape, upsample: 2)
        context.conv2dForward(input: small, weight: weight, bias: nil, geometry: geometry, into: output)
        context.conv2dBackwardData(
            dOutput: fixture["upsample.d_output"], weight: weight, geometry: geometry, into: dInput)
        expect(output, "upsample.output")
        expect(dInput, "upsample.d_input")

        let x = fixture["channelBias.input"]
        (weight, geometry) = identity(x.shape, upsample: 1)
        let shifted = unwritten(x.shape)
        context.conv2dForward(
            input: x, weight: weight, bias: nil, imageBias: fixture["channelBias.bias"], geometry: geometry, into: shifted)
        expect(shifted, "channelBias.output")
    }

    @Test func concatenate() {
        let (first, second) = (fixture["concatenate.first"], fixture["concatenate.second"])
        let (joined, dFirst) = (unwritten(fixture["concatenate.output"].shape), unwritten(first.shape))
        let dSecond = unwritten(second.shape)
        context.concatenateForward(first, second, into: joined)
        context.concatenateBackward(dOutput: fixture["concatenate.d_output"], into: dFirst, dSecond)
        expect(joined, "concatenate.output")
        expect(dFirst, "concatenate.d_first")
        expect(dSecond, "concatenate.d_second")
    }

    @Test func meanSquaredError() {
        let dPrediction = unwritten([2, 3, 4, 5])
        let loss = context.meanSquaredError(
            prediction: fixture["mse.prediction"], target: fixture["mse.target"], dPrediction: dPrediction)
        #expect(abs(Float(loss) - fixture["mse.loss"][0]) < 1e-6)
        expect(dPrediction, "mse.d_prediction")
    }

    @Test(arguments: AdamWKernel.allCases)
    func adamWWithClippingAndAverage(_ kernel: AdamWKernel) {
        context.overrides = [kernel]
        let parameters = fixture["adamw.initial"]
        let average = fixture["adamw.initial"]
        let (first, second) = (Tensor(shape: [37]), Tensor(shape: [37]))
        let options = AdamWOptions(learningRate: 1e-2, beta1: 0.9, beta2: 0.99, weightDecay: 0.1)
        for step in 0..<3 {
            let gradients = fixture["adamw.gradient\(step)"]
            let norm = context.gradientNorm(gradients)
            #expect(abs(Float(norm) - fixture["adamw.norm\(step)"][0]) < 1e-5)
            context.adamWStep(
                parameters: parameters, consuming: gradients, firstMoment: first, secondMoment: second, step: step + 1,
                options: options, gradientScale: ComputeContext.clippingScale(norm: norm, maximum: 1), average: average,
                averageDecay: 0.9)
            expect(parameters, "adamw.parameters\(step)")
            expect(average, "adamw.average\(step)")
        }
    }

    @Test(arguments: [false, true], [0, 1])
    func timestepEmbedding(_ flip: Bool, _ shift: Int) {
        let timesteps = fixture["embedding.timesteps"].values.map { Int($0) }
        let output = unwritten([timesteps.count, 32])
        context.timestepEmbedding(
            timesteps: timesteps, options: .init(flipSinToCos: flip, frequencyShift: Float(shift)), into: output)
        expect(output, "embedding.flip\(flip ? 1 : 0)shift\(shift)", tolerance: 2e-5)
    }
}
