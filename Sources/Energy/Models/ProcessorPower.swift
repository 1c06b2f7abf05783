/// What a loaded processor draws above waiting, by its cycles a second `f`.
public enum ProcessorPower: Sendable, Hashable {
    /// `P = tau*f^3` [Lai23 eq. 4]: `coefficient` is `tau`, J*s^2/cycle^3.
    case law(coefficient: Double)
    /// `P = a + b*f + tau*f^3`: constant power, W; power that rises with the frequency, W/Hz; and the law's.
    case smooth(constantWatts: Double, wattsPerHertz: Double, coefficient: Double)
    /// Measured.
    case table(OperatingPoints)

    /// `tau`; 0 of a table.
    public var coefficient: Double {
        switch self {
        case .law(let coefficient), .smooth(_, _, let coefficient): coefficient
        case .table: 0
        }
    }

    /// The form, as `--energy-model` names it.
    public var form: EnergyModel {
        switch self {
        case .law: .paper
        case .smooth: .smooth
        case .table: .table
        }
    }

    /// Energy of a cycle at `frequencyHertz`, which must be positive; of a table, of the cheapest mixture of its rows.
    package func joulesPerCycle(frequencyHertz: Double) -> Double {
        switch self {
        case .law(let coefficient): coefficient * frequencyHertz * frequencyHertz
        case .smooth(let constant, let linear, let coefficient):
            constant / frequencyHertz + linear + coefficient * frequencyHertz * frequencyHertz
        case .table(let points): points.joulesPerCycle(seconds: 1 / frequencyHertz)
        }
    }
}

/// Which description of a processor's power a plan is made by.
public enum EnergyModel: String, Sendable, CaseIterable, Codable {
    /// Measured operating points.
    case table
    /// `P = a + b*f + tau*f^3`.
    case smooth
    /// The paper's `P = tau*f^3`.
    case paper
}

extension ProcessorPower {
    package static let constantRange = PhysicalRange(
        "power_static_w", unit: "W", 0...1e6, standard: 0, wayOut: "give the power that does not depend on the frequency")
    package static let linearRange = PhysicalRange(
        "power_linear_w_per_hz", unit: "W/Hz", 0...1e-3, standard: 0,
        wayOut: "give watts per hertz: 1 W at 1 GHz is 1e-9")

    /// This power, each number in its range.
    func checked() throws(EnergyInputError) -> Self {
        switch self {
        case .law(let coefficient): return .law(coefficient: try ComputeModel.coefficientRange.checked(coefficient))
        case .smooth(let constant, let linear, let coefficient):
            return .smooth(
                constantWatts: try Self.constantRange.checked(constant), wattsPerHertz: try Self.linearRange.checked(linear),
                coefficient: try ComputeModel.coefficientRange.checked(coefficient))
        case .table: return self
        }
    }
}
