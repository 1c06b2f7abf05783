import Storage

/// A device of a file that cannot be used: where it stands, what is wrong, and the way out.
package struct UnusableDevice: Error, Sendable, Equatable, CustomStringConvertible {
    package let path: String
    /// Line on which the device starts, from 1.
    package let line: Int
    /// Position of the device in the file, from 0.
    package let index: Int
    let fault: DeviceFields.Fault

    /// The field that is wrong; nil where the device as a whole cannot be read.
    package var field: String? { fault.field }
    package var problem: String { fault.problem }

    /// What is wrong, without the file's name.
    var reason: String { "line \(line), device \(index): \(field.map { $0.excerpt + " " } ?? "")\(problem)" }
    package var description: String { "\(path), \(reason)" }
}
