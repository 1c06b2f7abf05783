/// A setting that cannot be used: its name, the value, what is wrong with it, and the way out.
public struct ConfigurationError: Error, CustomStringConvertible, Equatable {
    /// The setting as whoever set it calls it: `bits`, or `run.yaml: bits`.
    public let setting: String
    /// The value as it was written; empty where there is none.
    public let value: String
    /// What is wrong, e.g. `is outside 2...8`.
    public let problem: String
    /// What to do instead; nil where only the list of all settings helps.
    public let wayOut: String?

    package init(_ setting: String, _ value: String, _ problem: String, wayOut: String?) {
        (self.setting, self.value, self.problem, self.wayOut) = (setting, value, problem, wayOut)
    }

    /// Setting, value and problem without the way out.
    package var fault: String { [setting, value, problem].filter { !$0.isEmpty }.joined(separator: " ") }

    /// One line for people: what is wrong and what to do.
    public var description: String { "\(fault); \(wayOut ?? "Setting.allCases lists those that there are")" }
}
