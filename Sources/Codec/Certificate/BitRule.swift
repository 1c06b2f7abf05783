/// How bits are chosen from a demand.
public enum BitRule: String, Sendable, CaseIterable {
    /// The smallest accepted width whose exact expected error meets the demand.
    case measured
    /// The paper's `L* = sqrt(delta / (2 D_k))` with `delta = ||w||^2`: the smallest accepted width with `2^(b-1) - 1 >= L*`,
    /// whether its error meets the demand or not. [Lai23 Theorem 1] (false in general; kept for comparison)
    case theorem1

    /// The paper's number of levels, `L* = sqrt(delta / (2 D_k))`; 0 where `delta` is 0. [Lai23 Theorem 1]
    package static func theorem1Levels(delta: Double, errorDemand: Double) -> Double {
        delta > 0 ? (delta / (2 * errorDemand)).squareRoot() : 0
    }
}
