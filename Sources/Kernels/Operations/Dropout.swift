import CKernels

/// Dropout with a counter-based mask: nothing is kept between forward and backward, the same `random` draws the same mask.
///
/// Element `i` is kept where word `i` of `random` is at least `probability * 2^32`; kept elements are divided by `1 - probability`.
extension ComputeContext {
    /// `output` is overwritten and may be `input`. `probability` lies in [0, 1) (precondition).
    package func dropoutForward(input: Tensor, probability: Float, random: CounterRandom, into output: Tensor) {
        applyDropout("dropout.forward", input, probability, random, output)
    }

    /// `dInput` is overwritten and may be `dOutput`.
    package func dropoutBackward(dOutput: Tensor, probability: Float, random: CounterRandom, into dInput: Tensor) {
        applyDropout("dropout.backward", dOutput, probability, random, dInput)
    }

    // A mask times a constant is its own transpose: both passes are the same map.
    private func applyDropout(
        _ operation: String, _ input: Tensor, _ probability: Float, _ random: CounterRandom, _ output: Tensor
    ) {
        precondition(probability >= 0 && probability < 1, "dropout probability \(probability) is outside [0, 1)")
        require(output, count: input.count, "output")
        var counter = gd_random(key: random.key, counter: (random.item, random.device, random.round))
        let count = input.count
        let work = OperationWork(flops: count, bytes: 2 * count * input.precision.bytes)
        let (threshold, scale) = (UInt32(Double(probability) * 0x1p32), 1 / (1 - probability))
        perform(operation, on: ElementShape(count), work) {
            switch input.precision {
            case .float32:
                gd_f32_dropout__plain(Int64(count), &counter, threshold, scale, input.base, output.base, threadCount)
            case .bfloat16:
                gd_bf16_dropout__plain(Int64(count), &counter, threshold, scale, input.halves, output.halves, threadCount)
            }
        }
    }
}
