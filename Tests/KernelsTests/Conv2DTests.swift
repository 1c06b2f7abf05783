import Kernels
import Testing

@Suite struct Conv2DTests {
    /// Channels below, at and above the vector blocks (16), pixels below, at and above tiles (4) and pixel blocks (256).
    static let geometries: [Conv2DGeometry] = {
        var all: [Conv2DGeometry] = []
        for channels in [1, 15, 16, 17, 35] {
            for kernel in [1, 3] {
                for stride in [1, 2] {
                    all.append(
                        Conv2DGeometry(
                            batch: 2, height: 5, width: 7, inputChannels: channels, outputChannels: 16, kernel: kernel,
                            stride: stride))
                    all.append(
                        Conv2DGeometry(
                            batch: 1, height: 6, width: 4, inputChannels: 3, outputChannels: channels, kernel: kernel,
                            stride: stride))
                }
            }
        }
        for side in [1, 3, 4, 5, 11, 15, 16, 17] {
            all.append(
                Conv2DGeometry(batch: 3, height: side, width: side, inputChannels: 16, outputChannels: 32, kernel: 3))
        }
        all.append(
            Conv2DGeometry(
                batch: 2, height: 8, width: 6, inputChannels: 5, outputChannels: 6, kernel: 3, stride: 2,
                padding: .asymmetric))
        // Upsampled: pixels below, at and above tiles, odd extents, other strides and padding.
        for (height, width, inputs, outputs) in [(1, 2, 16, 16), (3, 5, 16, 32), (4, 4, 32, 16), (2, 3, 3, 5)] {
            all.append(
                Conv2DGeometry(
                    batch: 2, height: height, width: width, inputChannels: inputs, outputChannels: outputs, kernel: 3,
                    upsample: 2))
        }
        all.append(
            Conv2DGeometry(
                batch: 1, height: 3, width: 4, inputChannels: 4, outputChannels: 6, kernel: 3, stride: 2,
                padding: .asymmetric, upsample: 2))
        all.append(
            Conv2DGeometry(batch: 2, height: 3, width: 4, inputChannels: 7, outputChannels: 6, kernel: 1, upsample: 2))
        // Few output channels: rows of outputs in several blocks, without padding, by a larger kernel.
        for (side, outputs, kernel, padding) in [(24, 3, 3, 1), (9, 1, 3, 0), (7, 2, 5, 2)] {
            all.append(
                Conv2DGeometry(
                    batch: 2, height: side, width: side + 1, inputChannels: 16, outputChannels: outputs, kernel: kernel,
                    padding: .init(padding)))
        }
        // Taps and pixels that lie alike under the stride: more, as many and fewer than there are pixels to a tap.
        for (kernel, stride, upsample) in [(5, 3, 1), (3, 3, 2), (3, 2, 2), (1, 2, 2), (1, 1, 2)] {
            all.append(
                Conv2DGeometry(
                    batch: 2, height: 5, width: 4, inputChannels: 16, outputChannels: 7, kernel: kernel, stride: stride,
                    upsample: upsample))
        }
        // Rectangular kernels, with and without padding, few output channels among them.
        for (kernelHeight, kernelWidth, outputs, padding) in [
            (1, 7, 20, nil), (7, 1, 16, nil), (1, 3, 16, .init(0)), (3, 1, 2, nil), (1, 7, 3, nil), (2, 5, 6, .init(1)),
        ] as [(Int, Int, Int, Conv2DGeometry.Padding?)] {
            for (inputs, stride, upsample) in [(16, 1, 1), (5, 2, 1), (7, 1, 2)] {
                all.append(
                    Conv2DGeometry(
                        batch: 2, height: 8, width: 9, inputChannels: inputs, outputChannels: outputs,
                        kernelHeight: kernelHeight, kernelWidth: kernelWidth, stride: stride, padding: padding,
                        upsample: upsample))
            }
        }
        return all
    }()

    /// The shapes of the `small` and CIFAR-10 U-Nets: (batch, side, input channels, output channels, kernel, stride).
    static let networkGeometries: [Conv2DGeometry] = [
        (3, 32, 3, 32, 3, 1), (3, 32, 32, 32, 3, 1), (3, 32, 64, 32, 3, 1), (3, 32, 64, 32, 1, 1), (3, 32, 32, 32, 3, 2),
        (3, 16, 128, 64, 3, 1), (5, 8, 160, 96, 3, 1), (5, 8, 192, 96, 3, 1), (3, 32, 32, 3, 3, 1), (2, 16, 64, 64, 3, 2),
        (1, 32, 128, 128, 3, 1), (1, 16, 256, 256, 3, 1), (1, 8, 512, 256, 3, 1), (2, 4, 256, 256, 3, 1),
        (1, 8, 256, 256, 3, 2), (1, 16, 384, 256, 1, 1), (9, 1, 512, 256, 1, 1),
    ].map { batch, side, inputs, outputs, kernel, stride in
        Conv2DGeometry(
            batch: batch, height: side, width: side, inputChannels: inputs, outputChannels: outputs, kernel: kernel,
            stride: stride, padding: stride == 2 ? .asymmetric : nil)
    }

    /// Random walk of float32 rounding along the longest sum of a pass; Winograd's transforms cost a fixed factor more.
    private func tolerance(_ kernel: Conv2DKernel, sumLength: Int) -> Double {
        let rounding = 0x1p-24 * (4 + 0.5 * Double(sumLength).squareRoot())
        return kernel == .winograd4 ? max(rounding, 4e-6) : kernel == .winograd2 ? max(rounding, 2e-6) : rounding
    }

    private func expectMatch(_ kernel: Conv2DKernel, _ geometry: Conv2DGeometry) {
        let result = ConvolutionResults(geometry, kernel: kernel)
        let reference = ConvolutionResults(geometry, kernel: Conv2DKernel.reference)
        let taps = geometry.kernelHeight * geometry.kernelWidth
        let pixels = geometry.batch * geometry.outputHeight * geometry.outputWidth
        let (inputs, outputs) = (taps * geometry.inputChannels, taps * geometry.outputChannels)
        for (got, wanted, length, pass) in [
            (result.product, reference.product, inputs, "forward"), (result.output, reference.output, inputs, "epilogue"),
            (result.dInput, reference.dInput, outputs, "data"),
            (result.dInputAccumulated, reference.dInputAccumulated, outputs, "accumulated data"),
            (result.dWeight, reference.dWeight, pixels, "weight"), (result.dBias, reference.dBias, 4 * pixels, "bias"),
        ] {
            expectSameBytes(result.outputInPlace, result.output, "\(kernel.rawValue) in place \(geometry)")
            expectClose(
                got, wanted, tolerance: tolerance(kernel, sumLength: length), "\(kernel.rawValue) \(pass) \(geometry):")
        }
    }

    @Test(arguments: geometries + networkGeometries)
    func fastKernelsMatchTheReference(_ geometry: Conv2DGeometry) {
        for kernel in Conv2DKernel.allCases where kernel != .reference && kernel.accepts(geometry) {
            expectMatch(kernel, geometry)
        }
    }

    @Test(arguments: [
        Conv2DGeometry(batch: 5, height: 9, width: 8, inputChannels: 32, outputChannels: 48, kernel: 3),
        Conv2DGeometry(batch: 2, height: 4, width: 4, inputChannels: 128, outputChannels: 128, kernel: 3),
        Conv2DGeometry(batch: 2, height: 30, width: 33, inputChannels: 48, outputChannels: 32, kernel: 3),
        Conv2DGeometry(batch: 3, height: 5, width: 4, inputChannels: 32, outputChannels: 16, kernel: 3, upsample: 2),
        Conv2DGeometry(batch: 5, height: 16, width: 16, inputChannels: 7, outputChannels: 9, kernel: 3),
        Conv2DGeometry(batch: 5, height: 10, width: 8, inputChannels: 7, outputChannels: 9, kernel: 3, stride: 2),
        Conv2DGeometry(batch: 600, height: 1, width: 1, inputChannels: 20, outputChannels: 130, kernel: 1),
        Conv2DGeometry(batch: 5, height: 9, width: 17, inputChannels: 24, outputChannels: 40, kernelHeight: 1, kernelWidth: 7),
    ])
    func bytesDoNotDependOnThreads(_ geometry: Conv2DGeometry) {
        for kernel in Conv2DKernel.allCases where kernel.accepts(geometry) {
            let one = ConvolutionResults(geometry, kernel: kernel, threads: 1)
            for threads in [2, 3] {
                let several = ConvolutionResults(geometry, kernel: kernel, threads: threads)
                for (expected, result) in zip(one.all, several.all) {
                    expectSameBytes(
                        result.values, expected.values, "\(kernel.rawValue), \(threads) threads: \(result.name)")
                }
            }
        }
    }

    /// The activation changes what is stored, and nothing else: in every kernel that accepts the geometry.
    @Test(arguments: [
        Conv2DGeometry(batch: 2, height: 9, width: 6, inputChannels: 32, outputChannels: 16, kernel: 3),
        Conv2DGeometry(batch: 1, height: 4, width: 4, inputChannels: 16, outputChannels: 48, kernel: 3, upsample: 2),
        Conv2DGeometry(batch: 2, height: 7, width: 8, inputChannels: 5, outputChannels: 19, kernel: 3, stride: 2),
        Conv2DGeometry(batch: 2, height: 7, width: 8, inputChannels: 16, outputChannels: 2, kernel: 3),
    ])
    func activationsGoWithTheOutput(_ geometry: Conv2DGeometry) {
        let input = normalTensor(geometry.inputShape, seed: 1)
        let weight = normalTensor(geometry.weightShape, seed: 2)
        let bias = normalTensor([geometry.outputChannels], seed: 3)
        input[3] = .nan
        for kernel in Conv2DKernel.allCases where kernel.accepts(geometry) {
            let context = ComputeContext(threads: 2)
            context.overrides = [kernel]
            func output(_ activation: LayerActivation) -> [Float] {
                let output = unwritten(geometry.outputShape)
                context.conv2dForward(
                    input: input, weight: weight, bias: bias, activation: activation, geometry: geometry, into: output)
                return output.values
            }
            let plain = output(.linear)
            #expect(plain.contains { $0.isNaN } && plain.contains { $0 < 0 } && plain.contains { $0 > 6 })
            let positive = plain.map { $0 < 0 ? 0 : $0 }
            expectSameBytes(output(.relu), positive, "\(kernel.rawValue) ReLU \(geometry)")
            expectSameBytes(output(.relu6), positive.map { $0 > 6 ? 6 : $0 }, "\(kernel.rawValue) ReLU6 \(geometry)")
        }
    }

    @Test func firstAcceptingKernelRuns() {
        let context = ComputeContext(threads: 1)
        let unit = Conv2DGeometry(batch: 1, height: 8, width: 8, inputChannels: 16, outputChannels: 16, kernel: 3)
        let strided = Conv2DGeometry(
            batch: 1, height: 8, width: 8, inputChannels: 16, outputChannels: 16, kernel: 3, stride: 2)
        #expect(context.kernel(Conv2DKernel.self, for: unit) == .winograd4)
        #expect(context.kernel(Conv2DKernel.self, for: strided) == .direct)
        context.overrides = [Conv2DKernel.reference]
        #expect(context.kernel(Conv2DKernel.self, for: unit) == .reference)
    }

    @Test func meterTellsExecutedFromNominal() {
        let geometry = Conv2DGeometry(batch: 2, height: 16, width: 16, inputChannels: 64, outputChannels: 64, kernel: 3)
        let (input, weight) = (Tensor(shape: geometry.inputShape), Tensor(shape: geometry.weightShape))
        let output = Tensor(shape: geometry.outputShape)
        var counts: [Conv2DKernel: Meter.Count] = [:]
        for kernel in Conv2DKernel.allCases {
            let context = ComputeContext(threads: 1)
            context.overrides = [kernel]
            context.conv2dForward(input: input, weight: weight, bias: nil, geometry: geometry, into: output)
            counts[kernel] = context.meter.operations["conv2d.forward"]
        }
        let nominal = 2 * 2 * 16 * 16 * 64 * 64 * 9
        #expect(counts.values.allSatisfy { $0.nominalFLOPs == nominal && $0.calls == 1 })
        #expect(counts[.direct]?.executedFLOPs == nominal)
        let executed = counts[.winograd4]?.executedFLOPs ?? 0
        #expect(executed > nominal / 4 && executed < nominal / 2)
        let smallTiles = counts[.winograd2]?.executedFLOPs ?? 0
        #expect(smallTiles > nominal * 4 / 9 && smallTiles < nominal * 2 / 3)
    }
}
