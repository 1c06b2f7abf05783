/// What a device may be described by.
package enum DeviceLimits {
    /// Largest data set of one device: keeps the weighted fixed-point sum inside its proven bound.
    package static let samples = 1 << 24
    /// Watts of a device that waits or receives.
    package static let powers = 0...1e6
    /// Bits per parameter that frames have codes of.
    package static let bits = 2...8
    /// What the paper's devices accept.
    package static let paperBits = 6...8
}
