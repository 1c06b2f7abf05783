import CKernels

/// SiLU, `x * sigmoid(x)`.
extension ComputeContext {
    /// `output = input / (1 + exp(-input))`; `output` may be `input`.
    public func siluForward(input: Tensor, into output: Tensor) {
        require(output, count: input.count, "output")
        let count = input.count
        perform("silu.forward", on: ElementShape(count), OperationWork(flops: 4 * count, bytes: floatBytes(2 * count))) {
            gd_f32_silu_forward__vector(Int64(count), input.base, output.base, threadCount)
        }
    }

    /// `dInput = dOutput * SiLU'(input)`, overwritten; may be `dOutput` or `input`.
    public func siluBackward(input: Tensor, dOutput: Tensor, into dInput: Tensor) {
        require(dOutput, count: input.count, "dOutput")
        require(dInput, count: input.count, "dInput")
        let count = input.count
        perform("silu.backward", on: ElementShape(count), OperationWork(flops: 8 * count, bytes: floatBytes(3 * count))) {
            gd_f32_silu_backward__vector(Int64(count), input.base, dOutput.base, dInput.base, threadCount)
        }
    }
}
