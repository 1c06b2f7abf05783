import CKernels

/// Sums: residual connections and the time embedding.
extension ComputeContext {
    /// `output = first + second`, overwritten; may be either of them. The gradient of both is that of the output.
    package func addForward(_ first: Tensor, _ second: Tensor, into output: Tensor) {
        require(second, count: first.count, "second")
        require(output, count: first.count, "output")
        let count = first.count
        let work = OperationWork(flops: count, bytes: 3 * count * first.precision.bytes)
        perform("add.forward", on: ElementShape(count), work) {
            switch first.precision {
            case .float32: gd_f32_add_forward__plain(Int64(count), first.base, second.base, output.base, threadCount)
            case .bfloat16: gd_bf16_add_forward__plain(Int64(count), first.halves, second.halves, output.halves, threadCount)
            }
        }
    }
}
