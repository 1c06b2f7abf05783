import CKernels

/// Where kernels run: how many threads, what they did so far, and scratch memory that grows to the largest request and stays.
///
/// One context serves one training loop. Results do not depend on `threads`.
package final class ComputeContext {
    /// Threads a kernel may use, at least 1: those asked for, but no more than help (`gd_useful_threads`).
    package let threads: Int
    /// Whether kernels run. A pass in a context without them takes its memory and leaves it undefined: to learn how much that is.
    package let computes: Bool
    /// What models that run here keep activations in.
    package let precision: Precision
    /// Counts of all operations run in this context since the last reset.
    package var meter = Meter()
    /// Set it to record the time of every operation; nil records none.
    package var profile: Profile?
    /// Preferred kernels: each runs every shape that it accepts, in place of the first of its operation's list that does.
    package var overrides: [any OperationKernel] = []
    /// Called once for each shape of an operation that has a list of kernels, as it first runs, with the kernel that runs it.
    package var onFirstRun: ((any OperationShape, any OperationKernel) -> Void)?
    var shapesRun: Set<Profile.Operation> = []
    private var scratch = Tensor(shape: [0])

    /// - Parameter threads: at least 1 (precondition).
    package init(threads: Int, precision: Precision = .float32, computes: Bool = true) {
        precondition(threads >= 1, "a context needs at least one thread")
        (self.threads, self.computes) = (Int(gd_useful_threads(Int32(clamping: threads))), computes)
        self.precision = precision
    }

    /// At least `count` floats of scratch memory, contents undefined, valid until the next call.
    package func scratch(_ count: Int) -> UnsafeMutablePointer<Float> {
        if scratch.count < count { scratch = Tensor(shape: [count]) }
        return scratch.base
    }

    /// At least `count` Doubles of scratch memory: the same memory as `scratch(_:)`.
    func scratchDoubles(_ count: Int) -> UnsafeMutablePointer<Double> {
        // SAFETY: the memory is 64-byte aligned, holds `count` Doubles and is not used as floats until the next call.
        UnsafeMutableRawPointer(scratch(2 * count)).bindMemory(to: Double.self, capacity: count)
    }

    var threadCount: Int32 { Int32(threads) }

    /// Runs a kernel and counts its work. Stops if the kernel refuses extents that its wrapper should have checked.
    func perform(
        _ name: String, on shape: @autoclosure () -> any OperationShape, _ work: OperationWork, kernel: () -> gd_status
    ) {
        guard computes else { return }
        let start = profile == nil ? nil : ContinuousClock.now
        let status = kernel()
        precondition(status == GD_OK, "\(name) refused its extents \(shape()) (status \(status.rawValue))")
        meter.add(name, work)
        guard let start else { return }
        let nanoseconds = Int((ContinuousClock.now - start) / .nanoseconds(1))
        profile?.add(Profile.Operation(name: name, shape: shape()), work, nanoseconds: nanoseconds)
    }
}

extension ComputeContext {
    /// The kernel that runs `shape` in this context; tells `onFirstRun` of it.
    package func kernel<Kernel: OperationKernel>(_ list: Kernel.Type, for shape: Kernel.Shape) -> Kernel {
        let override = overrides.lazy.compactMap { $0 as? Kernel }.first { $0.accepts(shape) }
        let kernel = override ?? list.order.first { $0.accepts(shape) } ?? .reference
        if let onFirstRun, shapesRun.insert(Profile.Operation(name: list.operation, shape: shape)).inserted {
            onFirstRun(shape, kernel)
        }
        return kernel
    }
}
