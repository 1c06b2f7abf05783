/// The widths that a frame's error table has.
public enum CodeWidths {
    /// Bits a value. For levels, the size of a code. For a lattice, b bits name the step at which a model of normal weights costs b bits a
    /// value, `sqrt(2 pi e) * rms / 2^b`.
    public static let all = 2...8
}
