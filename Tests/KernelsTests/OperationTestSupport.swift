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
func unwritten(_ shape: [Int]) -> Tensor {
    let tensor = Tensor(shape: shape)
    tensor.fill(.nan)
    return tensor
}

extension Conv2DGeometry {
    var inputShape: [Int] { [batch, height, width, inputChannels] }
    var outputShape: [Int] { [batch, outputHeight, outputWidth, outputChannels] }
    var weightShape: [Int] { [outputChannels, inputChannels, kernel, kernel] }
}

/// What the three passes of a convolution give on random data; the gradients start from ones, to see that they accumulate.
struct ConvolutionResults {
    let output, dInput, dWeight, dBias: [Float]

    init(_ geometry: Conv2DGeometry, kernel: Conv2DKernel?, threads: Int = 1) {
        let context = ComputeContext(threads: threads)
        context.forcedConvolution = kernel
        let input = normalTensor(geometry.inputShape, seed: 1)
        let weight = normalTensor(geometry.weightShape, seed: 2)
        let bias = normalTensor([geometry.outputChannels], seed: 3)
        let dOutput = normalTensor(geometry.outputShape, seed: 4)
        let (output, dInput) = (unwritten(geometry.outputShape), unwritten(geometry.inputShape))
        let (dWeight, dBias) = (Tensor(shape: geometry.weightShape), Tensor(shape: [geometry.outputChannels]))
        dWeight.fill(1)
        dBias.fill(1)
        context.conv2dForward(input: input, weight: weight, bias: bias, geometry: geometry, into: output)
        context.conv2dBackwardData(dOutput: dOutput, weight: weight, geometry: geometry, into: dInput)
        context.conv2dBackwardWeight(
            input: input, dOutput: dOutput, geometry: geometry, accumulatingInto: dWeight, dBias: dBias)
        (self.output, self.dInput) = (output.values, dInput.values)
        (self.dWeight, self.dBias) = (dWeight.values, dBias.values)
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
