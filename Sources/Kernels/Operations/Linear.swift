import CKernels

/// Dense layers. The input's last extent is the feature axis, all others together are rows. Weights (O, I), bias (O).
///
/// A dense layer is a 1x1 convolution of 1x1 images and runs on the same kernels.
extension ComputeContext {
    /// `output = input * weight^T + bias`.
    ///
    /// - Parameters:
    ///   - input: (rows, I).
    ///   - weight: (O, I).
    ///   - bias: (O), or nil for none.
    ///   - output: (rows, O), overwritten; may not alias an input.
    public func linearForward(input: Tensor, weight: Tensor, bias: Tensor?, into output: Tensor) {
        let geometry = linearGeometry(input: input, weight: weight, output: output)
        if let bias { require(bias, count: geometry.outputChannels, "bias") }
        runConvolution(.forward, "linear.forward", .linear(geometry), geometry) { kernel, shape, scratch in
            var epilogue = gd_epilogue(bias: bias?.base, image_bias: nil, residual: nil)
            return kernel.forward(&shape, input.base, weight.base, &epilogue, output.base, scratch, threadCount)
        }
    }

    /// The gradients of one dense layer.
    ///
    /// - Parameters:
    ///   - input: (rows, I), the forward input.
    ///   - dOutput: (rows, O).
    ///   - dInput: (rows, I), overwritten; nil where it is not needed. May not alias `input` or `dOutput`.
    ///   - dWeight: (O, I), accumulated.
    ///   - dBias: (O), accumulated; nil for none.
    public func linearBackward(
        input: Tensor, weight: Tensor, dOutput: Tensor, into dInput: Tensor?, accumulatingInto dWeight: Tensor,
        dBias: Tensor?
    ) {
        let geometry = linearGeometry(input: input, weight: weight, output: dOutput)
        require(dWeight, count: weight.count, "dWeight")
        if let dBias { require(dBias, count: geometry.outputChannels, "dBias") }
        runConvolution(.backwardWeight, "linear.backwardWeight", .linear(geometry), geometry) { kernel, shape, scratch in
            kernel.backwardWeight(&shape, input.base, dOutput.base, dWeight.base, dBias?.base, scratch, threadCount)
        }
        guard let dInput else { return }
        require(dInput, count: input.count, "dInput")
        runConvolution(.backwardData, "linear.backwardData", .linear(geometry), geometry) { kernel, shape, scratch in
            kernel.backwardData(&shape, dOutput.base, weight.base, dInput.base, 0, scratch, threadCount)
        }
    }

    private func linearGeometry(input: Tensor, weight: Tensor, output: Tensor) -> Conv2DGeometry {
        precondition(weight.shape.count == 2, "linear weight has shape \(weight.shape), expected (O, I)")
        let (outputs, inputs) = (weight.shape[0], weight.shape[1])
        let rows = input.count / max(inputs, 1)
        require(input, count: rows * inputs, "input")
        require(output, count: rows * outputs, "output")
        return Conv2DGeometry(
            batch: rows, height: 1, width: 1, inputChannels: inputs, outputChannels: outputs, kernel: 1)
    }
}

extension OperationShape {
    fileprivate static func linear(_ geometry: Conv2DGeometry) -> OperationShape {
        .linear(rows: geometry.batch, inputs: geometry.inputChannels, outputs: geometry.outputChannels)
    }
}
