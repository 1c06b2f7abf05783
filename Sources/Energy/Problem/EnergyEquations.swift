/// Which form of [Lai23 eq. 13] is minimised. Energies of a plan are always the true ones.
public enum EnergyEquations: String, Sendable, CaseIterable {
    /// `Ecom = K*pi*(2^(a/pi) - 1)`: energy is power times time.
    case corrected
    /// As printed, without the factor `pi`: a power, minimised as if it were an energy.
    case printed
}
