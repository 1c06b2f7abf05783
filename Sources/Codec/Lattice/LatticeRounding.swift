/// How values become multiples of a lattice's step. The raw values are part of the update frame's specification.
public enum LatticeRounding: UInt8, Sendable, CaseIterable {
    /// To one of the two multiples beside a value at random, unbiased: error `f (1 - f) step^2`, f the distance from the lower one.
    case stochastic = 1
    /// To the nearest multiple of a value plus noise that the receiver draws again and subtracts: unbiased, error exactly `step^2 / 12`.
    case dithered = 2
}
