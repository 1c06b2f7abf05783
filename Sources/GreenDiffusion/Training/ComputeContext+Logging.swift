import Kernels
import Logging

extension ComputeContext {
    /// A context that says once for each convolution, at level debug, which kernel runs it.
    ///
    /// - Parameters:
    ///   - precision: what models keep activations in.
    ///   - convolution: the kernel for every convolution that it accepts; nil takes the registry's order.
    convenience init(threads: Int, precision: Precision, convolution: Conv2DKernel?) {
        self.init(threads: threads, precision: precision)
        if let convolution { overrides = [convolution, convolution.forBFloat16] }
        let logger = Logger(label: "kernels")
        if precision == .bfloat16 { logger.debug("bfloat16 runs on \(BFloat16Unit.selected.name)") }
        onFirstRun = { shape, kernel in
            if kernel is Conv2DKernel || kernel is BFloat16Conv2DKernel { logger.debug("\(shape): \(kernel.rawValue)") }
        }
    }
}
