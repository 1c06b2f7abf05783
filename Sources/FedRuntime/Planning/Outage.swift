/// What became of a device whose channel (or CPU) is too weak for what its demand and the time budget ask, in the order in which it
/// is tried.
public enum OutageAction: String, Codable, Sendable, Hashable {
    /// It sends fewer bits than its demand asks for.
    case fewerBits = "fewer-bits"
    /// It takes longer than the time budget, as far as the run allows.
    case longerTime = "longer-time"
    /// It does not take part.
    case skipped
}

/// A plan that is not the wanted one, and why.
public struct Outage: Sendable, Equatable {
    public let action: OutageAction
    /// What the wanted plan broke, and what is planned instead.
    public let reason: String
}
