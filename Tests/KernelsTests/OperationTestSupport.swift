import Kernels
import TestSupport
import Testing

/// Normal numbers; equal seeds give equal tensors.
func normalTensor(_ shape: [Int], seed: UInt64 = 1, scale: Float = 1, mean: Float = 0) -> Tensor {
    var generator = CounterRandom(seed: seed, stream: .initialization).generator()
    let values = (0..<shape.reduce(1, *)).map { _ in mean + scale * Float(generator.nextNormal()) }
    return Tensor(shape: shape, values: values)
}

/// An output buffer: an element that a kernel forgets to write stays NaN, and comparisons refuse it.
func unwritten(_ shape: [Int], _ precision: Precision = .float32) -> Tensor {
    let tensor = Tensor(shape: shape, precision: precision)
    tensor.fill(.nan)
    return tensor
}

extension Conv2DGeometry {
    var inputShape: [Int] { [batch, height, width, inputChannels] }
    var outputShape: [Int] { [batch, outputHeight, outputWidth, outputChannels] }
    var weightShape: [Int] { [outputChannels, inputChannels, kernelHeight, kernelWidth] }
}

/// What the three passes of a convolution give on random data, with and without the sums that they can take along; the gradients
/// of the parameters start from ones, to see that they accumulate.
struct ConvolutionResults {
    /// The product alone; with all of the epilogue; in place of the residual.
    let product, output, outputInPlace: [Float]
    let dInput, dInputAccumulated, dWeight, dBias: [Float]

    init(_ geometry: Conv2DGeometry, kernel: (any OperationKernel)?, precision: Precision = .float32, threads: Int = 1) {
        func activation(_ shape: [Int], seed: UInt64) -> Tensor {
            Tensor(copying: normalTensor(shape, seed: seed), as: precision)
        }
        let context = ComputeContext(threads: threads)
        if let kernel { context.overrides = [kernel] }
        let input = activation(geometry.inputShape, seed: 1)
        let weight = normalTensor(geometry.weightShape, seed: 2)
        let bias = normalTensor([geometry.outputChannels], seed: 3)
        let dOutput = activation(geometry.outputShape, seed: 4)
        let imageBias = normalTensor([geometry.batch, geometry.outputChannels], seed: 5)
        let residual = activation(geometry.outputShape, seed: 6)
        let (product, output) = (unwritten(geometry.outputShape, precision), unwritten(geometry.outputShape, precision))
        let inPlace = Tensor(copying: residual, as: precision)
        let (dInput, dInputAccumulated) = (
            unwritten(geometry.inputShape, precision), activation(geometry.inputShape, seed: 7)
        )
        let (dWeight, dBias) = (Tensor(shape: geometry.weightShape), Tensor(shape: [geometry.outputChannels]))
        dWeight.fill(1)
        dBias.fill(1)
        context.conv2dForward(input: input, weight: weight, bias: nil, geometry: geometry, into: product)
        for (residual, output) in [(residual, output), (inPlace, inPlace)] {
            context.conv2dForward(
                input: input, weight: weight, bias: bias, imageBias: imageBias, residual: residual, geometry: geometry,
                into: output)
        }
        context.conv2dBackwardData(dOutput: dOutput, weight: weight, geometry: geometry, into: dInput)
        context.conv2dBackwardData(
            dOutput: dOutput, weight: weight, geometry: geometry, accumulatingInto: dInputAccumulated)
        context.conv2dBackwardWeight(
            input: input, dOutput: dOutput, geometry: geometry, accumulatingInto: dWeight, dBias: dBias)
        (self.product, self.output, outputInPlace) = (product.values, output.values, inPlace.values)
        (self.dInput, self.dInputAccumulated) = (dInput.values, dInputAccumulated.values)
        (self.dWeight, self.dBias) = (dWeight.values, dBias.values)
    }

    /// All results by name.
    var all: [(name: String, values: [Float])] {
        [
            ("product", product), ("output", output), ("output in place", outputInPlace), ("dInput", dInput),
            ("dInput accumulated", dInputAccumulated), ("dWeight", dWeight), ("dBias", dBias),
        ]
    }
}

/// Fails with the relative error alone: `#expect(isClose(...))` would print both arrays.
func expectClose(
    _ result: [Float], _ reference: [Float], tolerance: Double, allNorm: Double = 0, _ name: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let error = relativeError(result, reference, allNorm: allNorm)
    #expect(error <= tolerance, "\(name) relative error \(error)", sourceLocation: sourceLocation)
}

/// Fails with the number of differing elements alone.
func expectSameBytes(
    _ result: [Float], _ reference: [Float], _ name: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(result.count == reference.count, sourceLocation: sourceLocation)
    let different = zip(result, reference).count { $0.bitPattern != $1.bitPattern }
    #expect(different == 0, "\(name)", sourceLocation: sourceLocation)
}
