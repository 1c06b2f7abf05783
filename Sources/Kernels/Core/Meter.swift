/// What the kernels did: executed and nominal floating-point operations and bytes moved, per operation.
///
/// *Executed* FLOPs are what the chosen kernel computed, transforms included: the number that feeds the energy solver.
/// *Nominal* FLOPs are the operation's textbook count (2 a multiply-add), equal for every kernel choice.
public struct Meter: Sendable, Equatable {
    /// Totals of one operation.
    public struct Count: Sendable, Equatable {
        /// Runs.
        public var calls = 0
        /// What the kernels computed.
        public var executedFLOPs = 0
        /// The textbook count.
        public var nominalFLOPs = 0
        /// Bytes that the operation reads and writes at least once.
        public var bytes = 0

        mutating func add(_ work: OperationWork) {
            calls += 1
            executedFLOPs += work.executedFLOPs
            nominalFLOPs += work.nominalFLOPs
            bytes += work.bytes
        }
    }

    /// Counts by operation name, e.g. `conv2d.forward`.
    public private(set) var operations: [String: Count] = [:]

    /// Nothing counted yet.
    public init() {}

    mutating func add(_ operation: String, _ work: OperationWork) { operations[operation, default: Count()].add(work) }

    /// Of all operations together.
    public var executedFLOPs: Int { operations.values.reduce(0) { $0 + $1.executedFLOPs } }
    /// Of all operations together.
    public var nominalFLOPs: Int { operations.values.reduce(0) { $0 + $1.nominalFLOPs } }
    /// Of all operations together.
    public var bytes: Int { operations.values.reduce(0) { $0 + $1.bytes } }

    /// Starts to count from zero.
    public mutating func reset() { operations.removeAll(keepingCapacity: true) }
}
