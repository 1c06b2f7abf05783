import CKernels

/// Where kernels run: how many threads, what they did so far, and scratch memory that grows to the largest request and stays.
///
/// One context serves one training loop. Results do not depend on `threads`.
public final class ComputeContext {
    /// OpenMP threads a kernel may use, at least 1.
    public let threads: Int
    /// Counts of all operations run in this context since the last reset.
    public var meter = Meter()
    /// Set it to record the time of every operation; nil records none.
    public var profile: Profile?
    /// Runs every convolution that it accepts; the others, and all where it is nil, go to the first in `Conv2DKernel.ordered` that
    /// accepts the geometry.
    public var forcedConvolution: Conv2DKernel?
    /// Told once for each geometry, as it first runs, which kernel runs it.
    public var onFirstRun: ((Conv2DGeometry, Conv2DKernel) -> Void)?
    var geometriesRun: Set<Conv2DGeometry> = []
    private var scratch = Tensor(shape: [0])

    public init(threads: Int) {
        precondition(threads >= 1, "a context needs at least one thread")
        self.threads = threads
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
    func perform(_ name: String, on shape: OperationShape, _ work: OperationWork, kernel: () -> gd_status) {
        let start = profile == nil ? nil : ContinuousClock.now
        let status = kernel()
        precondition(status == GD_OK, "\(name) refused its extents \(shape) (status \(status.rawValue))")
        meter.add(name, work)
        guard let start else { return }
        let nanoseconds = Int((ContinuousClock.now - start) / .nanoseconds(1))
        profile?.add(Profile.Operation(name: name, shape: shape), work, nanoseconds: nanoseconds)
    }
}
