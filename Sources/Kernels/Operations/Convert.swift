import CKernels

/// Between precisions.
extension ComputeContext {
    /// Overwrites `output` with `input`, rounded to the nearest where it has fewer digits.
    package func convert(_ input: Tensor, into output: Tensor) {
        require(output, count: input.count, "output")
        let work = OperationWork(bytes: input.count * (input.precision.bytes + output.precision.bytes))
        perform("convert.forward", on: ElementShape(input.count), work) {
            output.copy(from: input, threads: threadCount)
            return GD_OK
        }
    }
}
