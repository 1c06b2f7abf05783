/// A message that cannot be what its sender meant.
package struct MessageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Field and value, what is wrong with it, and the way out.
    package let description: String

    package init(_ description: String) { self.description = description }

    /// A value that a model refuses.
    init(_ message: String, _ error: any Error) { self.init("\(message): \(error)") }
}
