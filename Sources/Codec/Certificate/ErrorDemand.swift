/// The largest expected squared error that a device accepts.
public enum ErrorDemand: Sendable, Equatable {
    /// A share of the squared norm of what is sent.
    case relative(Double)
    /// An absolute squared error.
    case absolute(Double)

    /// The demand as an absolute squared error.
    public func absolute(squaredNorm: Double) -> Double {
        switch self {
        case .relative(let epsilon): epsilon * squaredNorm
        case .absolute(let error): error
        }
    }
}
