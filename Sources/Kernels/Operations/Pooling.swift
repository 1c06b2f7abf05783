import CKernels

/// What becomes of the pixels of a window.
package enum Pooling: Sendable {
    /// Their mean. Pixels outside the image do not count.
    case average
    /// The largest; NaN where there is one.
    case maximum
}

/// Pooling. Forward alone: only networks that are not trained here have it.
extension ComputeContext {
    /// One pixel for each window.
    ///
    /// - Parameters:
    ///   - input: (N, H, W, C).
    ///   - output: (N, OH, OW, C), overwritten; may not be `input`.
    package func poolForward(_ pooling: Pooling, input: Tensor, geometry: WindowGeometry, into output: Tensor) {
        require(input, count: geometry.inputCount, "input")
        require(output, count: geometry.outputCount, "output")
        var window = geometry.cValue
        let work = OperationWork(
            flops: geometry.outputCount * geometry.kernel * geometry.kernel,
            bytes: floatBytes(geometry.inputCount + geometry.outputCount))
        perform("pool.forward", on: geometry, work) {
            gd_f32_pool_forward__plain(
                &window, pooling == .average ? GD_AVERAGE_POOL : GD_MAX_POOL, input.base, output.base, threadCount)
        }
    }
}
