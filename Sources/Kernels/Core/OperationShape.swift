/// Extents of an operation's operands.
package protocol OperationShape: Sendable, Hashable, CustomStringConvertible {}

/// So many values, one by one.
package struct ElementShape: OperationShape {
    package let count: Int

    package init(_ count: Int) { self.count = count }

    package var description: String { "\(count)" }
}
