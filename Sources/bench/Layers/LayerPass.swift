/// The passes of a convolution or a dense layer, as problem strings name them.
enum LayerPass: String, CaseIterable {
    case forward = "fwd"
    case dataGradient = "dgrad"
    case weightGradient = "wgrad"

    /// The pass that an operation is recorded as, e.g. `conv2d.backwardData`.
    init?(operation: String) {
        switch operation.split(separator: ".").last {
        case "forward": self = .forward
        case "backwardData": self = .dataGradient
        case "backwardWeight": self = .weightGradient
        default: return nil
        }
    }
}
