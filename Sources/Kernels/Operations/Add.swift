import CKernels

/// Sums: residual connections and the time embedding.
extension ComputeContext {
    /// `output = first + second`, overwritten; may be either of them. The gradient of both is that of the output.
    package func addForward(_ first: Tensor, _ second: Tensor, into output: Tensor) {
        require(second, count: first.count, "second")
        require(output, count: first.count, "output")
        let count = first.count
        perform("add.forward", on: ElementShape(count), OperationWork(flops: count, bytes: floatBytes(3 * count))) {
            gd_f32_add_forward__plain(Int64(count), first.base, second.base, output.base, threadCount)
        }
    }
}
