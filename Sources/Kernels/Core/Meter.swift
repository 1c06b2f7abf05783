/// What the kernels did: executed and nominal floating-point operations and bytes moved, per operation.
///
/// *Executed* FLOPs are what the chosen kernel computed, transforms included: the number that feeds the energy solver.
/// *Nominal* FLOPs are the operation's textbook count (2 a multiply-add), equal for every kernel choice.
public struct Meter: Sendable, Equatable {
    public struct Count: Sendable, Equatable {
        public var calls = 0
        public var executedFLOPs = 0
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

    public init() {}

    mutating func add(_ operation: String, _ work: OperationWork) { operations[operation, default: Count()].add(work) }

    public var executedFLOPs: Int { operations.values.reduce(0) { $0 + $1.executedFLOPs } }
    public var nominalFLOPs: Int { operations.values.reduce(0) { $0 + $1.nominalFLOPs } }
    public var bytes: Int { operations.values.reduce(0) { $0 + $1.bytes } }

    public mutating func reset() { operations.removeAll(keepingCapacity: true) }
}
