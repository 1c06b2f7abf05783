/// A device description that the energy models refuse: which field, its value, the limit and the way out.
public struct EnergyInputError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Name of the field as device files spell it, e.g. `distance_m`.
    public let field: String
    /// What was given.
    public let value: Double
    /// Unit of `value`; empty for plain numbers.
    public let unit: String
    /// What is accepted, e.g. `0.001...1e+09`.
    public let limit: String
    /// What to do instead.
    public let wayOut: String

    /// The error of `field`, as its device file spells it.
    package init(field: String, value: Double, unit: String, limit: String, wayOut: String) {
        self.field = field
        self.value = value
        self.unit = unit
        self.limit = limit
        self.wayOut = wayOut
    }

    /// Field, value, limit and way out in one line.
    public var description: String {
        "\(field) \(value)\(unit.isEmpty ? "" : " " + unit) is outside \(limit); \(wayOut)"
    }
}
