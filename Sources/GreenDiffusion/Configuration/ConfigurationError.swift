/// A setting that cannot be used: its name, the value, what is wrong with it, and the way out.
public struct ConfigurationError: Error, CustomStringConvertible, Equatable {
    /// The setting as the user wrote it: `--bits`, or `bits in run.yaml`.
    public let setting: String
    public let value: String
    /// What is wrong, e.g. `is outside 2...8`.
    public let problem: String
    public let wayOut: String

    package init(_ setting: String, _ value: String, _ problem: String, wayOut: String) {
        (self.setting, self.value, self.problem, self.wayOut) = (setting, value, problem, wayOut)
    }

    public var description: String {
        [setting, value, problem].filter { !$0.isEmpty }.joined(separator: " ") + "; " + wayOut
    }
}
