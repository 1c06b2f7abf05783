import Energy
import Report

/// What many plans come to.
struct PlanTotals: Sendable {
    private(set) var devices = 0
    private(set) var feasible = 0
    private var energyTotalJoules = 0.0
    private var energyComputeJoules = 0.0
    private var iterations: Int?
    private var kktResidual = 0.0
    private var dualityGapRelative = 0.0

    mutating func add(_ entry: PlanEntry) {
        devices += 1
        iterations = entry.iterations.map { max($0.count, iterations ?? 0) } ?? iterations
        guard let plan = entry.plan else { return }
        feasible += 1
        energyTotalJoules += plan.energyTotalJoules
        energyComputeJoules += plan.energyComputeJoules
        kktResidual = max(kktResidual, entry.certificate?.kktResidual ?? 0)
        dualityGapRelative = max(dualityGapRelative, entry.certificate?.dualityGapRelative ?? 0)
    }

    /// The lines below a table.
    var text: String {
        let energies =
            "\(feasible) of \(devices) devices feasible, \(Quantity.energy(energyTotalJoules)) together: "
            + "\(Quantity.energy(energyComputeJoules)) compute, \(Quantity.energy(energyTotalJoules - energyComputeJoules)) radio, modelled"
            + (iterations.map { "; at most \($0) iterations a device" } ?? "")
        guard feasible > 0 else { return energies }
        return energies
            + "\nlargest KKT residual \(Quantity.significant(kktResidual)), "
            + "largest relative duality gap \(Quantity.significant(dualityGapRelative))"
    }
}
