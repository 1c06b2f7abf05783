/// Dense layers. The input's last extent is the feature axis, all others together are rows. Weights (O, I), bias (O).
///
/// A dense layer is a 1x1 convolution of 1x1 images and runs on the same kernels.
extension ComputeContext {
    /// `output = input * weight^T + bias + residual`.
    ///
    /// - Parameters:
    ///   - input: (rows, I).
    ///   - weight: (O, I).
    ///   - bias: (O), or nil for none.
    ///   - residual: (rows, O), or nil for none.
    ///   - output: (rows, O), overwritten; may be `residual`, and may alias nothing else.
    package func linearForward(
        input: Tensor, weight: Tensor, bias: Tensor?, residual: Tensor? = nil, into output: Tensor
    ) {
        let geometry = linearGeometry(input: input, weight: weight, output: output)
        convolutionForward(
            ("linear.forward", LinearShape(geometry)), geometry, input: input, weight: weight, bias: bias, imageBias: nil,
            residual: residual, activation: .linear, into: output)
    }

    /// The gradient of the input.
    ///
    /// - Parameters:
    ///   - dOutput: (rows, O).
    ///   - weight: (O, I).
    ///   - dInput: (rows, I), overwritten; may not alias `dOutput`.
    package func linearBackwardData(dOutput: Tensor, weight: Tensor, into dInput: Tensor) {
        backwardData(dOutput, weight, dInput, accumulate: false)
    }

    /// The same gradient, added to what `dInput` holds.
    package func linearBackwardData(dOutput: Tensor, weight: Tensor, accumulatingInto dInput: Tensor) {
        backwardData(dOutput, weight, dInput, accumulate: true)
    }

    private func backwardData(_ dOutput: Tensor, _ weight: Tensor, _ dInput: Tensor, accumulate: Bool) {
        let geometry = linearGeometry(input: dInput, weight: weight, output: dOutput)
        convolutionBackwardData(
            ("linear.backwardData", LinearShape(geometry)), geometry, dOutput: dOutput, weight: weight, dInput: dInput,
            accumulate: accumulate)
    }

    /// The gradients of weight and bias, added to what `dWeight` (O, I) and `dBias` (O) hold.
    package func linearBackwardWeight(
        input: Tensor, dOutput: Tensor, accumulatingInto dWeight: Tensor, dBias: Tensor?
    ) {
        let geometry = linearGeometry(input: input, weight: dWeight, output: dOutput)
        convolutionBackwardWeight(
            ("linear.backwardWeight", LinearShape(geometry)), geometry, input: input, dOutput: dOutput, dWeight: dWeight,
            dBias: dBias)
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

/// Extents of a dense layer's operands.
package struct LinearShape: OperationShape {
    package let rows, inputs, outputs: Int

    package init(rows: Int, inputs: Int, outputs: Int) { (self.rows, self.inputs, self.outputs) = (rows, inputs, outputs) }

    fileprivate init(_ geometry: Conv2DGeometry) {
        self.init(rows: geometry.batch, inputs: geometry.inputChannels, outputs: geometry.outputChannels)
    }

    package var description: String { "n\(rows) ci\(inputs) co\(outputs)" }
}
