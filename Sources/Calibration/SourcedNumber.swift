/// A number and where it comes from.
public struct SourcedNumber: Encodable, Sendable, Equatable {
    /// How much a number is worth.
    public enum Source: String, Encodable, Sendable {
        /// Read from a clock or a hardware counter.
        case measured
        /// Computed from a measured number and one that the system only states.
        case estimated
    }

    public let value: Double
    public let source: Source

    package init(value: Double, source: Source) { (self.value, self.source) = (value, source) }

    static func measured(_ value: Double) -> SourcedNumber { SourcedNumber(value: value, source: .measured) }

    /// Text with the source after it where it is not measured.
    func text(_ format: (Double) -> String) -> String {
        source == .measured ? format(value) : "\(format(value)) (\(source.rawValue))"
    }
}
