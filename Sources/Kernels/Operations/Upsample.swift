import CKernels

/// Nearest-neighbour upsampling by 2 in both directions.
extension ComputeContext {
    /// - Parameters:
    ///   - input: (N, H, W, C).
    ///   - output: (N, 2H, 2W, C), overwritten; may not alias `input`.
    public func upsampleNearestForward(input: Tensor, into output: Tensor) {
        let (batch, height, width, channels) = imageExtents(input)
        require(output, count: 4 * input.count, "output")
        perform("upsample.forward", on: .elements(output.count), OperationWork(bytes: floatBytes(5 * input.count))) {
            gd_f32_upsample_forward__plain(batch, height, width, channels, input.base, output.base, threadCount)
        }
    }

    /// - Parameters:
    ///   - dOutput: (N, 2H, 2W, C).
    ///   - dInput: (N, H, W, C), overwritten with sums of four pixels; may not alias `dOutput`.
    public func upsampleNearestBackward(dOutput: Tensor, into dInput: Tensor) {
        let (batch, height, width, channels) = imageExtents(dInput)
        require(dOutput, count: 4 * dInput.count, "dOutput")
        let work = OperationWork(flops: 3 * dInput.count, bytes: floatBytes(5 * dInput.count))
        perform("upsample.backward", on: .elements(dOutput.count), work) {
            gd_f32_upsample_backward__plain(batch, height, width, channels, dOutput.base, dInput.base, threadCount)
        }
    }

    private func imageExtents(_ tensor: Tensor) -> (Int64, Int64, Int64, Int64) {
        precondition(tensor.shape.count == 4, "upsampling needs (N, H, W, C), got \(tensor.shape)")
        return (Int64(tensor.shape[0]), Int64(tensor.shape[1]), Int64(tensor.shape[2]), Int64(tensor.shape[3]))
    }
}
