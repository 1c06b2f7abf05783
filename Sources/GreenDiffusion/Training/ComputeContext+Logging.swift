import Kernels
import Logging

extension ComputeContext {
    /// A context that says once for each convolution, at level debug, which kernel runs it.
    ///
    /// - Parameter convolution: the kernel for every convolution that it accepts; nil takes the registry's order.
    convenience init(threads: Int, convolution: Conv2DKernel?) {
        self.init(threads: threads)
        if let convolution { overrides = [convolution] }
        let logger = Logger(label: "kernels")
        onFirstRun = { shape, kernel in
            if kernel is Conv2DKernel { logger.debug("\(shape): \(kernel.rawValue)") }
        }
    }
}
