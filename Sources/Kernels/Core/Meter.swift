/// What the kernels did: executed and nominal floating-point operations, by precision, and bytes moved, per operation.
///
/// *Executed* FLOPs are what the chosen kernel computed, transforms included: the number that feeds the energy solver.
/// *Nominal* FLOPs are the operation's textbook count (2 a multiply-add), equal for every kernel choice.
package struct Meter: Sendable, Equatable {
    /// Totals of one operation.
    package struct Count: Sendable, Equatable {
        /// Runs.
        package var calls = 0
        /// What the kernels computed.
        package var executedFLOPs = 0
        /// Those of it in products of bfloat16; the others are float32.
        package var bfloat16FLOPs = 0
        /// The textbook count.
        package var nominalFLOPs = 0
        /// Bytes that the operation reads and writes at least once.
        package var bytes = 0

        mutating func add(_ work: OperationWork) {
            calls += 1
            executedFLOPs += work.executedFLOPs
            bfloat16FLOPs += work.bfloat16FLOPs
            nominalFLOPs += work.nominalFLOPs
            bytes += work.bytes
        }
    }

    /// Counts by operation name, e.g. `conv2d.forward`.
    package private(set) var operations: [String: Count] = [:]

    /// Nothing counted yet.
    package init() {}

    mutating func add(_ operation: String, _ work: OperationWork) { operations[operation, default: Count()].add(work) }

    /// Of all operations together.
    package var executedFLOPs: Int { operations.values.reduce(0) { $0 + $1.executedFLOPs } }
    /// Of all operations together.
    package var bfloat16FLOPs: Int { operations.values.reduce(0) { $0 + $1.bfloat16FLOPs } }
    /// Of all operations together.
    package var nominalFLOPs: Int { operations.values.reduce(0) { $0 + $1.nominalFLOPs } }
    /// Of all operations together.
    package var bytes: Int { operations.values.reduce(0) { $0 + $1.bytes } }

    /// Starts to count from zero.
    package mutating func reset() { operations.removeAll(keepingCapacity: true) }
}

/// What one run of an operation computes and moves.
struct OperationWork {
    let executedFLOPs: Int
    /// Of the executed ones.
    let bfloat16FLOPs: Int
    let nominalFLOPs: Int
    let bytes: Int

    init(executedFLOPs: Int, bfloat16FLOPs: Int = 0, nominalFLOPs: Int, bytes: Int) {
        (self.executedFLOPs, self.bfloat16FLOPs) = (executedFLOPs, bfloat16FLOPs)
        (self.nominalFLOPs, self.bytes) = (nominalFLOPs, bytes)
    }

    /// Of an operation that computes what its textbook count says.
    init(flops: Int = 0, bytes: Int) { self.init(executedFLOPs: flops, nominalFLOPs: flops, bytes: bytes) }
}
