import Energy

/// A device as a device file describes it: its name there, and its energy problem.
public struct PlannedDevice: Sendable, Equatable {
    /// As written in the file; the device's position where it has none.
    public let id: DeviceIdentifier
    public let problem: DeviceEnergyProblem
    /// Parameters of the model it sends; nil where the file gives the payload in bits.
    public let parameterCount: Double?

    public init(id: DeviceIdentifier, problem: DeviceEnergyProblem, parameterCount: Double?) {
        self.id = id
        self.problem = problem
        self.parameterCount = parameterCount
    }
}

/// A device's name: a text or a whole number, kept as it was written.
public enum DeviceIdentifier: Sendable, Hashable, CustomStringConvertible {
    case text(String)
    case number(Int)

    public var description: String {
        switch self {
        case .text(let text): text
        case .number(let number): "\(number)"
        }
    }
}

/// A device of a file that cannot be used: where it stands, what is wrong, and the way out.
public struct UnusableDevice: Error, Sendable, Equatable, CustomStringConvertible {
    public let path: String
    /// Line on which the device starts, from 1.
    public let line: Int
    /// Position of the device in the file, from 0.
    public let index: Int
    /// The field that is wrong; nil where the device as a whole cannot be read.
    public let field: String?
    public let problem: String

    public var description: String { "\(path), line \(line), device \(index): \(field.map { $0 + " " } ?? "")\(problem)" }
}
