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
        require(input, count: geometry.inputCount, "input")
        require(weight, count: geometry.weightCount, "weight")
        require(output, count: geometry.outputCount, "output")
        if let bias { require(bias, count: geometry.outputChannels, "bias") }
        if let imageBias { require(imageBias, count: geometry.batch * geometry.outputChannels, "imageBias") }
        if let residual { require(residual, count: geometry.outputCount, "residual") }
        var epilogue = gd_epilogue(
            bias: bias?.base, image_bias: imageBias?.base, residual: residual?.base, activation: activation.cValue)
        runConvolution(.forward, "conv2d.forward", geometry, geometry) { kernel, shape, scratch in
            kernel.forward(&shape, input.base, weight.base, &epilogue, output.base, scratch, threadCount)
        }
    }

    /// The gradient of the input.
    ///
    /// - Parameters:
    ///   - dOutput: (N, OH, OW, O).
    ///   - weight: (O, I, KH, KW).
    ///   - dInput: (N, H, W, I), overwritten; may not alias `dOutput`.
    package func conv2dBackwardData(dOutput: Tensor, weight: Tensor, geometry: Conv2DGeometry, into dInput: Tensor) {
        backwardData(dOutput, weight, geometry, dInput, accumulate: false)
    }

    /// The same gradient, added to what `dInput` holds.
    package func conv2dBackwardData(
        dOutput: Tensor, weight: Tensor, geometry: Conv2DGeometry, accumulatingInto dInput: Tensor
    ) {
        backwardData(dOutput, weight, geometry, dInput, accumulate: true)
    }

    private func backwardData(
        _ dOutput: Tensor, _ weight: Tensor, _ geometry: Conv2DGeometry, _ dInput: Tensor, accumulate: Bool
    ) {
        require(dOutput, count: geometry.outputCount, "dOutput")
        require(weight, count: geometry.weightCount, "weight")
        require(dInput, count: geometry.inputCount, "dInput")
        runConvolution(.backwardData, "conv2d.backwardData", geometry, geometry) { kernel, shape, scratch in
            kernel.backwardData(&shape, dOutput.base, weight.base, dInput.base, accumulate ? 1 : 0, scratch, threadCount)
        }
    }

    /// The gradients of weight and bias, added to what `dWeight` (O, I, KH, KW) and `dBias` (O) hold.
    package func conv2dBackwardWeight(
        input: Tensor, dOutput: Tensor, geometry: Conv2DGeometry, accumulatingInto dWeight: Tensor, dBias: Tensor?
    ) {
        require(input, count: geometry.inputCount, "input")
        require(dOutput, count: geometry.outputCount, "dOutput")
        require(dWeight, count: geometry.weightCount, "dWeight")
        if let dBias { require(dBias, count: geometry.outputChannels, "dBias") }
        runConvolution(.backwardWeight, "conv2d.backwardWeight", geometry, geometry) { kernel, shape, scratch in
            kernel.backwardWeight(&shape, input.base, dOutput.base, dWeight.base, dBias?.base, scratch, threadCount)
        }
    }

    /// Finds the kernel and its scratch memory, calls it and meters the pass.
    func runConvolution(
        _ pass: Conv2DPass, _ operation: String, _ operands: @autoclosure () -> any OperationShape, _ geometry: Conv2DGeometry,
        _ call: (Conv2DFunctions, inout gd_conv2d, UnsafeMutablePointer<Float>) -> gd_status
    ) {
        let kernel = kernel(Conv2DKernel.self, for: geometry)
        var shape = geometry.cValue
        let work = OperationWork(
            executedFLOPs: kernel.executedFLOPs(geometry, pass), nominalFLOPs: geometry.nominalFLOPs, bytes: geometry.bytes)
        perform(operation, on: operands(), work) {
            call(kernel.functions, &shape, scratch(kernel.scratchCount(geometry, pass, threads: threads)))
        }
    }
}
