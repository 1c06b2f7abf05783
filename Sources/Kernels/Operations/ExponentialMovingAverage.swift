import CKernels

extension ComputeContext {
    /// `average = decay * average + (1 - decay) * parameters`, in place.
    package func emaUpdate(average: Tensor, parameters: Tensor, decay: Float) {
        require(parameters, count: average.count, "parameters")
        let count = average.count
        perform("ema", on: ElementShape(count), OperationWork(flops: 3 * count, bytes: floatBytes(3 * count))) {
            gd_f32_ema_update__plain(Int64(count), decay, parameters.base, average.base, threadCount)
        }
    }
}
