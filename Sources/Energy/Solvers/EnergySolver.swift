/// How the energy problem of a device is solved.
public enum EnergySolver: Sendable, Equatable {
    /// Newton's method on the one free variable, safeguarded by bisection; to rounding.
    case fast
    /// The paper's nested bisection.
    case algorithm1(Algorithm1)

    /// The plan of least energy, or the reason why the device is infeasible.
    public func solve(_ problem: DeviceEnergyProblem, equations: EnergyEquations = .corrected) -> EnergyOutcome {
        switch self {
        case .algorithm1(let algorithm): return algorithm.solve(problem, equations: equations).outcome
        case .fast:
            let split = TimeSplit(problem)
            guard split.isFeasible else { return .infeasible(.missedBudget(problem)) }
            let shares = split.optimalShares(equations: equations)
            return .feasible(EnergyPlan(problem, theta: shares.theta, pi: shares.pi))
        }
    }
}
