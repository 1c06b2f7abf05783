import CKernels

/// Bringing images to another size.
extension ComputeContext {
    /// `output = scale * resized + shift`, a scale and a shift for each channel: bilinear between the centres of pixels, with no filter
    /// before it, as PyTorch's `interpolate` has it with `align_corners` false.
    ///
    /// - Parameters:
    ///   - input: (N, H, W, C).
    ///   - scale, shift: (C).
    ///   - output: (N, OH, OW, C), overwritten; its shape says the size (precondition). May not alias an input.
    package func resizeForward(_ input: Tensor, scale: Tensor, shift: Tensor, into output: Tensor) {
        let (from, to) = (input.shape, output.shape)
        precondition(
            from.count == 4 && to.count == 4 && from[0] == to[0] && from[3] == to[3] && min(from[1], from[2]) > 0,
            "resize of \(from) to \(to)")
        require(scale, count: from[3], "scale")
        require(shift, count: from[3], "shift")
        var extents = gd_resize(
            batch: Int64(from[0]), height: Int64(from[1]), width: Int64(from[2]), channels: Int64(from[3]),
            output_height: Int64(to[1]), output_width: Int64(to[2]))
        let work = OperationWork(flops: 11 * output.count, bytes: floatBytes(input.count + output.count))
        perform("resize.forward", on: ElementShape(output.count), work) {
            gd_f32_resize_forward__bilinear(&extents, input.base, scale.base, shift.base, output.base, threadCount)
        }
    }
}
