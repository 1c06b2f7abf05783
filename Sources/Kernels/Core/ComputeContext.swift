/// Where kernels run: how many threads, what they did so far, and scratch memory that grows to the largest request and stays.
///
/// One context serves one training loop. Results do not depend on `threads`.
public final class ComputeContext {
    /// OpenMP threads a kernel may use, at least 1.
    public let threads: Int
    /// Counts of all operations run in this context since the last reset.
    public var meter = Meter()
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
}
