import CKernels

extension ComputeContext {
    /// The mean of `(prediction - target)^2` over all elements, summed in Double in a fixed order.
    ///
    /// - Parameter dPrediction: overwritten with `2 (prediction - target) / count`; nil where no gradient is needed. May be `prediction`.
    package func meanSquaredError(prediction: Tensor, target: Tensor, dPrediction: Tensor?) -> Double {
        let count = prediction.count
        precondition(count > 0, "mean over no elements")
        require(target, count: count, "target")
        if let dPrediction { require(dPrediction, count: count, "dPrediction") }
        var loss = 0.0
        let work = OperationWork(
            flops: (dPrediction == nil ? 3 : 4) * count, bytes: floatBytes((dPrediction == nil ? 2 : 3) * count))
        perform("meanSquaredError", on: ElementShape(count), work) {
            gd_f32_mean_squared_error__plain(
                Int64(count), prediction.base, target.base, dPrediction?.base, &loss,
                scratchDoubles(Int(gd_sum_scratch(Int64(count)))), threadCount)
        }
        return loss
    }
}
