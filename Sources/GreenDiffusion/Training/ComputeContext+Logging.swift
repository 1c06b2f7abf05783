import Kernels
import Logging

extension ComputeContext {
    /// A context that says once for each convolution, at level debug, which kernel runs it.
    ///
    /// - Parameter convolution: the kernel for every convolution that it accepts; nil takes the registry's order.
    convenience init(threads: Int, convolution: Conv2DKernel?) {
        self.init(threads: threads)
        forcedConvolution = convolution
        let logger = Logger(label: "kernels")
        onFirstRun = { geometry, kernel in
            logger.debug("\(OperationShape.convolution(geometry)): \(kernel.rawValue)")
        }
    }
}
