/// Wall time and work of operations, by name and shape: where the time of a step goes.
///
/// A context keeps one where `ComputeContext.profile` is set.
package struct Profile: Sendable {
    /// An operation on operands of one shape.
    package struct Operation: Sendable, Hashable {
        /// As in `Meter.operations`, e.g. `conv2d.forward`.
        package let name: String
        package let shape: any OperationShape

        package static func == (first: Operation, second: Operation) -> Bool {
            first.name == second.name && AnyHashable(first.shape) == AnyHashable(second.shape)
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(name)
            shape.hash(into: &hasher)
        }
    }

    /// What an operation on one shape did, all calls together.
    package struct Entry: Sendable {
        package let operation: Operation
        package fileprivate(set) var count = Meter.Count()
        /// Wall time.
        package fileprivate(set) var nanoseconds = 0
    }

    /// In the order in which the operations first ran.
    package private(set) var entries: [Entry] = []
    private var places: [Operation: Int] = [:]

    package init() {}

    /// Time in kernels and their checks; what lies between them is not in it.
    package var nanoseconds: Int { entries.reduce(0) { $0 + $1.nanoseconds } }

    mutating func add(_ operation: Operation, _ work: OperationWork, nanoseconds: Int) {
        let place = places[operation] ?? entries.count
        if place == entries.count {
            places[operation] = place
            entries.append(Entry(operation: operation))
        }
        entries[place].count.add(work)
        entries[place].nanoseconds += nanoseconds
    }
}
