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
