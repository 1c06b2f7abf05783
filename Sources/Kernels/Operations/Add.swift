import CKernels

/// Sums: residual connections and the time embedding.
extension ComputeContext {
    /// `output = first + second`, overwritten; may be either of them. The gradient of both is that of the output.
    public func addForward(_ first: Tensor, _ second: Tensor, into output: Tensor) {
        require(second, count: first.count, "second")
        require(output, count: first.count, "output")
        let count = first.count
        perform("add.forward", on: .elements(count), OperationWork(flops: count, bytes: floatBytes(3 * count))) {
            gd_f32_add_forward__plain(Int64(count), first.base, second.base, output.base, threadCount)
        }
    }

    /// Adds `bias` (N, C) to every pixel of `x` (N, ..., C), in place.
    public func addChannelBias(_ bias: Tensor, to x: Tensor) {
        let (batch, pixels, channels) = channelBiasExtents(bias, x)
        perform("channelBias.forward", on: .elements(x.count), OperationWork(flops: x.count, bytes: floatBytes(2 * x.count))) {
            gd_f32_channel_bias_forward__plain(batch, pixels, channels, bias.base, x.base, threadCount)
        }
    }

    /// The gradient of `addChannelBias`: `dBias` (N, C), overwritten with the sums of `dOutput` (N, ..., C) over the pixels.
    public func addChannelBiasBackward(dOutput: Tensor, into dBias: Tensor) {
        let (batch, pixels, channels) = channelBiasExtents(dBias, dOutput)
        let work = OperationWork(flops: dOutput.count, bytes: floatBytes(dOutput.count))
        perform("channelBias.backward", on: .elements(dOutput.count), work) {
            gd_f32_channel_bias_backward__plain(batch, pixels, channels, dOutput.base, dBias.base, threadCount)
        }
    }

    private func channelBiasExtents(_ bias: Tensor, _ x: Tensor) -> (Int64, Int64, Int64) {
        precondition(bias.shape.count == 2, "channel bias has shape \(bias.shape), expected (N, C)")
        let (batch, channels) = (bias.shape[0], bias.shape[1])
        let pixels = x.count / max(batch * channels, 1)
        require(x, count: batch * pixels * channels, "x")
        return (Int64(batch), Int64(pixels), Int64(channels))
    }
}
