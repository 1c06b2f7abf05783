/// A number and where it comes from.
package struct SourcedNumber: Encodable, Sendable, Equatable {
    /// How a number was found.
    package enum Source: String, Encodable, Sendable {
        /// Read from a clock or a hardware counter.
        case measured
        /// Computed from a measured number and one that the system only states.
        case estimated
    }

    package let value: Double
    package let source: Source

    package init(value: Double, source: Source) { (self.value, self.source) = (value, source) }

    static func measured(_ value: Double) -> SourcedNumber { SourcedNumber(value: value, source: .measured) }

    /// Text with the source after it where it is not measured.
    func text(_ format: (Double) -> String) -> String {
        source == .measured ? format(value) : "\(format(value)) (\(source.rawValue))"
    }
}
