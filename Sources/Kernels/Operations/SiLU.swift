import CKernels

/// SiLU, `x * sigmoid(x)`.
extension ComputeContext {
    /// `output = input / (1 + exp(-input))`; `output` may be `input`.
    package func siluForward(input: Tensor, into output: Tensor) {
        require(output, count: input.count, "output")
        let count = input.count
        let kernel = kernel(SiLUKernel.self, for: ElementShape(count))
        perform("silu.forward", on: ElementShape(count), OperationWork(flops: 4 * count, bytes: floatBytes(2 * count))) {
            kernel.functions.forward(Int64(count), input.base, output.base, threadCount)
        }
    }

    /// `dInput = dOutput * SiLU'(input)`, overwritten; may be `dOutput` or `input`.
    package func siluBackward(input: Tensor, dOutput: Tensor, into dInput: Tensor) {
        require(dOutput, count: input.count, "dOutput")
        require(dInput, count: input.count, "dInput")
        let count = input.count
        let kernel = kernel(SiLUKernel.self, for: ElementShape(count))
        perform("silu.backward", on: ElementShape(count), OperationWork(flops: 8 * count, bytes: floatBytes(3 * count))) {
            kernel.functions.backward(Int64(count), input.base, dOutput.base, dInput.base, threadCount)
        }
    }
}

/// The kernels of SiLU, best first.
package enum SiLUKernel: String, OperationKernel {
    /// Relative error of the forward pass at most 5e-7.
    case vector
    /// In Double, with the C library's exp.
    case reference

    package typealias Shape = ElementShape
    package static let operation = "silu"

    var functions: (forward: gd_f32_silu_forward, backward: gd_f32_silu_backward) {
        switch self {
        case .vector: (gd_f32_silu_forward__vector, gd_f32_silu_backward__vector)
        case .reference: (gd_f32_silu_forward__reference, gd_f32_silu_backward__reference)
        }
    }
}
