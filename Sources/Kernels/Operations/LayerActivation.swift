import CKernels

/// The function that a layer's output goes through as it is stored. Forward passes alone have it.
package enum LayerActivation: Sendable {
    /// The output as it is.
    case linear
    /// `max(x, 0)`.
    case relu
    /// `min(max(x, 0), 6)`.
    case relu6

    var cValue: gd_activation {
        switch self {
        case .linear: GD_LINEAR
        case .relu: GD_RELU
        case .relu6: GD_RELU6
        }
    }
}
