import CKernels

extension ComputeContext {
    /// `average = decay * average + (1 - decay) * parameters`, in place.
    public func emaUpdate(average: Tensor, parameters: Tensor, decay: Float) {
        require(parameters, count: average.count, "parameters")
        check(gd_f32_ema_update__plain(Int64(average.count), decay, parameters.base, average.base, threadCount))
        meter.add(
            "ema", executedFLOPs: 3 * average.count, nominalFLOPs: 3 * average.count, bytes: floatBytes(3 * average.count))
    }
}
