import CKernels

/// Depthwise convolution: each channel by a kernel of its own. Forward alone: only networks that are not trained here have it.
extension ComputeContext {
    /// `output = activation(input * weight + bias)`, zeros around the images.
    ///
    /// - Parameters:
    ///   - input: (N, H, W, C).
    ///   - weight: (C, 1, K, K).
    ///   - bias: (C), or nil for none.
    ///   - output: (N, OH, OW, C), overwritten; may not alias an input.
    package func depthwiseForward(
        input: Tensor, weight: Tensor, bias: Tensor?, activation: LayerActivation = .linear, geometry: WindowGeometry,
        into output: Tensor
    ) {
        let weightCount = geometry.channels * geometry.kernel * geometry.kernel
        require(input, count: geometry.inputCount, "input")
        require(weight, count: weightCount, "weight")
        require(output, count: geometry.outputCount, "output")
        if let bias { require(bias, count: geometry.channels, "bias") }
        let kernel = kernel(DepthwiseKernel.self, for: geometry)
        var window = geometry.cValue
        let work = OperationWork(
            flops: 2 * geometry.outputCount * geometry.kernel * geometry.kernel,
            bytes: floatBytes(geometry.inputCount + geometry.outputCount + weightCount))
        perform("depthwise.forward", on: geometry, work) {
            kernel.forward(
                &window, input.base, weight.base, bias?.base, activation.cValue, output.base,
                scratch(Int(kernel.scratch(&window))), threadCount)
        }
    }
}

/// The kernels of depthwise convolutions, best first.
package enum DepthwiseKernel: String, OperationKernel {
    /// 16 channels at a time, whose sums stay in registers.
    case vector
    /// Plain loops in Double.
    case reference

    package typealias Shape = WindowGeometry
    package static let operation = "depthwise"

    var forward: gd_f32_depthwise_forward {
        switch self {
        case .vector: gd_f32_depthwise_forward__vector
        case .reference: gd_f32_depthwise_forward__reference
        }
    }

    /// Floats of scratch.
    func scratch(_ window: UnsafePointer<gd_window>) -> Int64 { self == .vector ? gd_depthwise_scratch__vector(window) : 0 }
}
