import Kernels

extension UpdateFrame {
    /// The Euclidean norm of the device's update: of what it sent minus `global` where it sent weights, of what it sent where it sent their
    /// change.
    ///
    /// Summed in Double in an order that the layout fixes: the same bits for any number of threads. Memory: the largest tensor.
    /// `global` are the weights that the device started from, in the frame's layout (precondition: as many).
    public func updateNorm(global: Tensor, threads: Int = 1) -> Double {
        precondition(global.count == header.parameterCount, "\(global.count) weights for \(header.parameterCount) parameters")
        let values = Tensor(shape: [parts.reduce(0) { max($0, $1.count) }])
        let squares = parts.reduce(0.0) { sum, part in
            part.decode(bytes, into: values.base, threads: threads)
            // SAFETY: `UpdateFrame.init` has checked that the part's values lie inside the layout.
            let start = header.binding.payload == .change ? nil : UnsafePointer(global.base) + part.offset
            return sum + squaredDistance(values.base, from: start, count: part.count, threads: threads)
        }
        return withExtendedLifetime(values) { squares.squareRoot() }
    }
}
