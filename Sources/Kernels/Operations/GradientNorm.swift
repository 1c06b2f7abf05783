import CKernels

extension ComputeContext {
    /// The Euclidean norm of all gradients together, summed in Double in a fixed order. NaN or infinity where one is among them.
    package func gradientNorm(_ gradients: Tensor) -> Double {
        var sum = 0.0
        let count = gradients.count
        perform("gradientNorm", on: ElementShape(count), OperationWork(flops: 2 * count, bytes: floatBytes(count))) {
            gd_f32_sum_of_squares__plain(
                Int64(count), gradients.base, &sum, scratchDoubles(Int(gd_sum_scratch(Int64(count)))), threadCount)
        }
        return sum.squareRoot()
    }

    /// The factor that clips gradients of norm `norm` to `maximum`, as `torch.nn.utils.clip_grad_norm_`: pass it to `adamWStep`.
    package static func clippingScale(norm: Double, maximum: Double) -> Float {
        Float(min(1, maximum / (norm + 1e-6)))
    }
}
