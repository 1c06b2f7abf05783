import CKernels

/// 2-D convolution. Activations (N, H, W, C), weights (O, I, KH, KW), bias (O).
extension ComputeContext {
    /// `output = activation(input * weight + bias + imageBias + residual)`, all of it taken along as the output is stored.
    ///
    /// - Parameters:
    ///   - input: (N, H, W, I).
    ///   - weight: (O, I, KH, KW).
    ///   - bias: (O), or nil for none.
    ///   - imageBias: (N, O), one value an image and channel, or nil for none.
    ///   - residual: (N, OH, OW, O), or nil for none.
    ///   - output: (N, OH, OW, O), overwritten; may be `residual`, and may alias nothing else.
    package func conv2dForward(
        input: Tensor, weight: Tensor, bias: Tensor?, imageBias: Tensor? = nil, residual: Tensor? = nil,
        activation: LayerActivation = .linear, geometry: Conv2DGeometry, into output: Tensor
    ) {
        convolutionForward(
            ("conv2d.forward", geometry), geometry, input: input, weight: weight, bias: bias, imageBias: imageBias,
            residual: residual, activation: activation, into: output)
    }

    /// The gradient of the input.
    ///
    /// - Parameters:
    ///   - dOutput: (N, OH, OW, O).
    ///   - weight: (O, I, KH, KW).
    ///   - dInput: (N, H, W, I), overwritten; may not alias `dOutput`.
    package func conv2dBackwardData(dOutput: Tensor, weight: Tensor, geometry: Conv2DGeometry, into dInput: Tensor) {
        convolutionBackwardData(
            ("conv2d.backwardData", geometry), geometry, dOutput: dOutput, weight: weight, dInput: dInput, accumulate: false)
    }

    /// The same gradient, added to what `dInput` holds.
    package func conv2dBackwardData(
        dOutput: Tensor, weight: Tensor, geometry: Conv2DGeometry, accumulatingInto dInput: Tensor
    ) {
        convolutionBackwardData(
            ("conv2d.backwardData", geometry), geometry, dOutput: dOutput, weight: weight, dInput: dInput, accumulate: true)
    }

    /// The gradients of weight and bias, added to what `dWeight` (O, I, KH, KW) and `dBias` (O) hold.
    package func conv2dBackwardWeight(
        input: Tensor, dOutput: Tensor, geometry: Conv2DGeometry, accumulatingInto dWeight: Tensor, dBias: Tensor?
    ) {
        convolutionBackwardWeight(
            ("conv2d.backwardWeight", geometry), geometry, input: input, dOutput: dOutput, dWeight: dWeight, dBias: dBias)
    }
}

/// The passes of convolutions and dense layers, of activations of either precision: all activations of a pass have the same.
extension ComputeContext {
    /// The name that a pass is metered by, and its operands.
    typealias MeteredOperation = (name: String, operands: any OperationShape)

    func convolutionForward(
        _ operation: MeteredOperation, _ geometry: Conv2DGeometry, input: Tensor, weight: Tensor, bias: Tensor?,
        imageBias: Tensor?, residual: Tensor?, activation: LayerActivation, into output: Tensor
    ) {
        require(input, count: geometry.inputCount, "input")
        require(weight, count: geometry.weightCount, "weight")
        require(output, count: geometry.outputCount, "output")
        if let bias { require(bias, count: geometry.outputChannels, "bias") }
        if let imageBias { require(imageBias, count: geometry.batch * geometry.outputChannels, "imageBias") }
        if let residual { require(residual, count: geometry.outputCount, "residual") }
        switch input.precision {
        case .float32:
            var epilogue = gd_epilogue(
                bias: bias?.base, image_bias: imageBias?.base, residual: residual?.base, activation: activation.cValue)
            run(Conv2DKernel.self, .forward, operation, geometry) { kernel, shape, scratch in
                kernel.functions.forward(&shape, input.base, weight.base, &epilogue, output.base, scratch, threadCount)
            }
        case .bfloat16:
            var epilogue = gd_bf16_epilogue(
                bias: bias?.base, image_bias: imageBias?.base, residual: residual?.halves, activation: activation.cValue)
            run(BFloat16Conv2DKernel.self, .forward, operation, geometry) { kernel, shape, scratch in
                kernel.functions.forward(&shape, input.halves, weight.base, &epilogue, output.halves, scratch, threadCount)
            }
        }
    }

    func convolutionBackwardData(
        _ operation: MeteredOperation, _ geometry: Conv2DGeometry, dOutput: Tensor, weight: Tensor, dInput: Tensor,
        accumulate: Bool
    ) {
        require(dOutput, count: geometry.outputCount, "dOutput")
        require(weight, count: geometry.weightCount, "weight")
        require(dInput, count: geometry.inputCount, "dInput")
        let adds: Int32 = accumulate ? 1 : 0
        switch dOutput.precision {
        case .float32:
            run(Conv2DKernel.self, .backwardData, operation, geometry) { kernel, shape, scratch in
                kernel.functions.backwardData(&shape, dOutput.base, weight.base, dInput.base, adds, scratch, threadCount)
            }
        case .bfloat16:
            run(BFloat16Conv2DKernel.self, .backwardData, operation, geometry) { kernel, shape, scratch in
                kernel.functions.backwardData(&shape, dOutput.halves, weight.base, dInput.halves, adds, scratch, threadCount)
            }
        }
    }

    func convolutionBackwardWeight(
        _ operation: MeteredOperation, _ geometry: Conv2DGeometry, input: Tensor, dOutput: Tensor, dWeight: Tensor,
        dBias: Tensor?
    ) {
        require(input, count: geometry.inputCount, "input")
        require(dOutput, count: geometry.outputCount, "dOutput")
        require(dWeight, count: geometry.weightCount, "dWeight")
        if let dBias { require(dBias, count: geometry.outputChannels, "dBias") }
        switch input.precision {
        case .float32:
            run(Conv2DKernel.self, .backwardWeight, operation, geometry) { kernel, shape, scratch in
                kernel.functions.backwardWeight(
                    &shape, input.base, dOutput.base, dWeight.base, dBias?.base, scratch, threadCount)
            }
        case .bfloat16:
            run(BFloat16Conv2DKernel.self, .backwardWeight, operation, geometry) { kernel, shape, scratch in
                kernel.functions.backwardWeight(
                    &shape, input.halves, dOutput.halves, dWeight.base, dBias?.base, scratch, threadCount)
            }
        }
    }

    /// Finds the kernel and its scratch memory, calls it and meters the pass.
    private func run<Kernel: ConvolutionKernel>(
        _ list: Kernel.Type, _ pass: Conv2DPass, _ operation: MeteredOperation, _ geometry: Conv2DGeometry,
        _ call: (Kernel, inout gd_conv2d, UnsafeMutablePointer<Float>) -> gd_status
    ) {
        let kernel = kernel(list, for: geometry)
        var shape = geometry.cValue
        let executed = kernel.executedFLOPs(geometry, pass)
        let work = OperationWork(
            executedFLOPs: executed, bfloat16FLOPs: kernel.factors == .bfloat16 ? executed : 0,
            nominalFLOPs: geometry.nominalFLOPs, bytes: geometry.bytes(list.precision))
        perform(operation.name, on: operation.operands, work) {
            call(kernel, &shape, scratch(Int(kernel.scratch(pass)(&shape, threadCount))))
        }
    }
}

/// A kernel of convolutions of activations of one precision.
protocol ConvolutionKernel: OperationKernel where Shape == Conv2DGeometry {
    static var precision: Precision { get }
    /// What the kernel multiplies.
    var factors: Precision { get }
    /// FLOPs that a pass really computes, transforms included.
    func executedFLOPs(_ geometry: Conv2DGeometry, _ pass: Conv2DPass) -> Int
    /// Floats of scratch for a pass with so many threads.
    func scratch(_ pass: Conv2DPass) -> Conv2DFunctions.Scratch
}

extension ConvolutionKernel {
    var factors: Precision { Self.precision }
}
