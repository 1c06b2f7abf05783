import CKernels

/// Dense layers. The input's last extent is the feature axis; all others together are rows. Weights (O, I), bias (O).
extension ComputeContext {
    /// `output = input * weight^T + bias`.
    ///
    /// - Parameters:
    ///   - input: (rows, I).
    ///   - weight: (O, I).
    ///   - bias: (O), or nil for none.
    ///   - output: (rows, O), overwritten; may not alias an input.
    public func linearForward(input: Tensor, weight: Tensor, bias: Tensor?, into output: Tensor) {
        var shape = linearShape(input: input, weight: weight, output: output)
        if let bias { require(bias, count: Int(shape.outputs), "bias") }
        check(gd_f32_linear_forward__reference(&shape, input.base, weight.base, bias?.base, output.base, threadCount))
        meterLinear("linear.forward", shape)
    }

    /// The gradients of one dense layer.
    ///
    /// - Parameters:
    ///   - input: (rows, I), the forward input.
    ///   - dOutput: (rows, O).
    ///   - dInput: (rows, I), overwritten; nil where it is not needed.
    ///   - dWeight: (O, I), accumulated.
    ///   - dBias: (O), accumulated; nil for none.
    public func linearBackward(
        input: Tensor, weight: Tensor, dOutput: Tensor, into dInput: Tensor?, accumulatingInto dWeight: Tensor,
        dBias: Tensor?
    ) {
        var shape = linearShape(input: input, weight: weight, output: dOutput)
        require(dWeight, count: weight.count, "dWeight")
        if let dBias { require(dBias, count: Int(shape.outputs), "dBias") }
        if let dInput {
            require(dInput, count: input.count, "dInput")
            check(gd_f32_linear_backward_data__reference(&shape, dOutput.base, weight.base, dInput.base, threadCount))
            meterLinear("linear.backwardData", shape)
        }
        check(
            gd_f32_linear_backward_weight__reference(
                &shape, input.base, dOutput.base, dWeight.base, dBias?.base, scratch(0), threadCount))
        meterLinear("linear.backwardWeight", shape)
    }

    private func linearShape(input: Tensor, weight: Tensor, output: Tensor) -> gd_linear {
        precondition(weight.shape.count == 2, "linear weight has shape \(weight.shape), expected (O, I)")
        let (outputs, inputs) = (weight.shape[0], weight.shape[1])
        let rows = input.count / max(inputs, 1)
        require(input, count: rows * inputs, "input")
        require(output, count: rows * outputs, "output")
        return gd_linear(rows: Int64(rows), inputs: Int64(inputs), outputs: Int64(outputs))
    }

    private func meterLinear(_ operation: String, _ shape: gd_linear) {
        let (rows, inputs, outputs) = (Int(shape.rows), Int(shape.inputs), Int(shape.outputs))
        let flops = 2 * rows * inputs * outputs
        meter.add(
            operation, executedFLOPs: flops, nominalFLOPs: flops,
            bytes: floatBytes(rows * inputs + rows * outputs + inputs * outputs))
    }
}
