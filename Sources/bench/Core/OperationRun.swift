import Kernels

/// An operation on tensors of its own.
struct OperationRun {
    /// What `run` writes.
    let results: [Tensor]
    let run: () -> Void
}

extension Benchmark {
    /// An operation in `context`, verified against the plain references of `KernelRegistry`.
    ///
    /// - Parameters:
    ///   - name: of the operation, for messages.
    ///   - limit: what bounds its speed.
    ///   - tolerance: relative error of each result in float32; in bfloat16 weights and results are rounded to 8 bits.
    ///   - make: the run in a context, on a smaller problem where the second parameter says so.
    init(
        _ name: String, in context: ComputeContext, limit: OperationLimit, tolerance: Double,
        make: @escaping (_ context: ComputeContext, _ small: Bool) -> OperationRun
    ) {
        let tolerance = context.precision == .float32 ? tolerance : Self.bfloat16Tolerance
        let timed = make(context, false)
        context.meter.reset()
        timed.run()
        let meter = context.meter
        self.init(
            work: limit == .arithmetic
                ? .flops(nominal: meter.nominalFLOPs, executed: meter.executedFLOPs, precision: context.precision)
                : .bytes(meter.bytes),
            verify: { () throws(VerificationError) in
                let plain = ComputeContext(threads: context.threads, precision: context.precision)
                plain.overrides = KernelRegistry.references
                let (checked, reference) = (make(context, true), make(plain, true))
                checked.run()
                reference.run()
                for (result, expected) in zip(checked.results, reference.results) {
                    try VerificationError.check(name, relativeError(result, expected), atMost: tolerance)
                }
            }, run: timed.run)
    }

    /// Two or three roundings to 8 bits, each 2^-9 at most.
    private static let bfloat16Tolerance = 5e-3
}

/// What bounds an operation's speed.
enum OperationLimit {
    case arithmetic, memory
}
