import CKernels

extension ComputeContext {
    /// `weight` times the mean of `(prediction - target)^2` over all elements, summed in Double in a fixed order.
    ///
    /// - Parameter dPrediction: overwritten with `2 weight (prediction - target) / count`; nil where no gradient is needed. May be `prediction`.
    package func meanSquaredError(
        prediction: Tensor, target: Tensor, weight: Double = 1, dPrediction: Tensor?
    ) -> Double {
        let count = prediction.count
        precondition(count > 0, "mean over no elements")
        require(target, count: count, "target")
        if let dPrediction { require(dPrediction, count: count, "dPrediction") }
        var loss = 0.0
        let work = OperationWork(
            flops: (dPrediction == nil ? 3 : 4) * count, bytes: floatBytes((dPrediction == nil ? 2 : 3) * count))
        perform("meanSquaredError", on: ElementShape(count), work) {
            gd_f32_mean_squared_error__plain(
                Int64(count), weight, prediction.base, target.base, dPrediction?.base, &loss,
                scratchDoubles(Int(gd_sum_scratch(Int64(count)))), threadCount)
        }
        return loss
    }

    /// The mean over the first axis of the mean squared errors, each times its weight.
    ///
    /// - Parameters:
    ///   - weights: one for each of the first axis (precondition); nil weighs all alike.
    ///   - dPrediction: as above.
    package func meanSquaredError(
        prediction: Tensor, target: Tensor, weights: [Double]?, dPrediction: Tensor?
    ) -> Double {
        guard let weights else { return meanSquaredError(prediction: prediction, target: target, dPrediction: dPrediction) }
        precondition(weights.count == prediction.shape[0], "\(weights.count) weights for \(prediction.shape)")
        let shape = Array(prediction.shape.dropFirst())
        let size = prediction.count / weights.count
        func part(_ tensor: Tensor, _ index: Int) -> Tensor { Tensor(viewOf: tensor, offset: index * size, shape: shape) }
        var loss = 0.0
        for (index, weight) in weights.enumerated() {
            loss += meanSquaredError(
                prediction: part(prediction, index), target: part(target, index), weight: weight / Double(weights.count),
                dPrediction: dPrediction.map { part($0, index) })
        }
        return loss
    }
}
