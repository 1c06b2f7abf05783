/// A device description that the energy models refuse: which field, its value, the limit and the way out.
public struct EnergyInputError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Name of the field as device files spell it, e.g. `distance_m`.
    public let field: String
    public let value: Double
    /// Unit of `value`; empty for plain numbers.
    public let unit: String
    /// What is accepted, e.g. `0.001...1e+09`.
    public let limit: String
    public let wayOut: String

    public init(field: String, value: Double, unit: String, limit: String, wayOut: String) {
        self.field = field
        self.value = value
        self.unit = unit
        self.limit = limit
        self.wayOut = wayOut
    }

    public var description: String {
        "\(field) \(value)\(unit.isEmpty ? "" : " " + unit) is outside \(limit); \(wayOut)"
    }
}

/// Range of a physical input. The ranges are far wider than any device and narrow enough that no formula of this module can
/// overflow: a described device always gives finite energies.
struct PhysicalRange {
    let field: String
    let unit: String
    let range: ClosedRange<Double>
    let wayOut: String

    /// Throws unless `value` is a number inside the range.
    func check(_ value: Double) throws(EnergyInputError) {
        guard range.contains(value) else {
            throw EnergyInputError(
                field: field, value: value, unit: unit, limit: "\(range.lowerBound)...\(range.upperBound)", wayOut: wayOut)
        }
    }
}
