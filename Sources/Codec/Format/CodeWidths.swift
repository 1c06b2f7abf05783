/// The widths that a frame's error table speaks of.
public enum CodeWidths {
    /// Bits a value: levels have codes of so many; what a lattice calls b bits is the step at which a model of normal weights costs b bits a
    /// value, `sqrt(2 pi e) * rms / 2^b`.
    public static let all = 2...8
}
