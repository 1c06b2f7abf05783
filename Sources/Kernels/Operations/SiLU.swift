import CKernels

/// SiLU, `x * sigmoid(x)`.
extension ComputeContext {
    /// `output = input / (1 + exp(-input))`; `output` may be `input`.
    public func siluForward(input: Tensor, into output: Tensor) {
        require(output, count: input.count, "output")
        check(gd_f32_silu_forward__vector(Int64(input.count), input.base, output.base, threadCount))
        meterSiLU("silu.forward", flops: 4 * input.count, bytes: floatBytes(2 * input.count))
    }

    /// `dInput = dOutput * SiLU'(input)`, overwritten; may be `dOutput` or `input`.
    public func siluBackward(input: Tensor, dOutput: Tensor, into dInput: Tensor) {
        require(dOutput, count: input.count, "dOutput")
        require(dInput, count: input.count, "dInput")
        check(gd_f32_silu_backward__vector(Int64(input.count), input.base, dOutput.base, dInput.base, threadCount))
        meterSiLU("silu.backward", flops: 8 * input.count, bytes: floatBytes(3 * input.count))
    }

    private func meterSiLU(_ operation: String, flops: Int, bytes: Int) {
        meter.add(operation, executedFLOPs: flops, nominalFLOPs: flops, bytes: bytes)
    }
}
