/// How activations are stored and multiplied. Weights, their gradients, the optimiser and every sum are float32.
public enum Precision: String, Sendable, CaseIterable {
    /// IEEE 754 single precision.
    case float32
    /// The upper half of a float32: its range, 8 bits of precision.
    case bfloat16

    /// Bytes of an element.
    package var bytes: Int {
        switch self {
        case .float32: 4
        case .bfloat16: 2
        }
    }
}
