/// Range of a physical input. The ranges are far wider than any device and narrow enough that no formula of this module can
/// overflow: a described device always gives finite energies.
package struct PhysicalRange: Sendable {
    /// As device files spell it.
    package let field: String
    package let unit: String
    package let range: ClosedRange<Double>
    /// What is taken where nothing is said; nil where that depends.
    package let standard: Double?
    package let wayOut: String

    package init(_ field: String, unit: String, _ range: ClosedRange<Double>, standard: Double? = nil, wayOut: String) {
        (self.field, self.unit, self.range, self.standard, self.wayOut) = (field, unit, range, standard, wayOut)
    }

    /// `value`, which must be a number inside the range and not above `most`; -0 becomes 0, by which other numbers can be divided.
    package func checked(_ value: Double, atMost most: Double = .infinity) throws(EnergyInputError) -> Double {
        let highest = min(range.upperBound, most)
        guard value >= range.lowerBound, value <= highest else {
            throw EnergyInputError(
                field: field, value: value, unit: unit, limit: "\(range.lowerBound)...\(highest)", wayOut: wayOut)
        }
        return value + 0
    }
}
