/// A width that a device could send in a round: what it adds to the error of the aggregate, and what the device's round costs with it.
public struct WidthOption: Sendable, Equatable {
    /// Bits per parameter.
    public let bits: Int
    /// `p_k^2*D_k(b)`: the device's part of the aggregate's expected squared error. Any unit, the same for all devices.
    public let error: Double
    /// `E_k(b)`: least energy of training and sending at this width, J.
    public let energyJoules: Double

    /// An option of a device. Both numbers finite and not negative (precondition).
    public init(bits: Int, error: Double, energyJoules: Double) {
        precondition(error >= 0 && error.isFinite && energyJoules >= 0 && energyJoules.isFinite, "\(error), \(energyJoules) J")
        (self.bits, self.error, self.energyJoules) = (bits, error, energyJoules)
    }
}
