import Energy
import Report

/// What many plans come to.
struct PlanTotals: Sendable {
    private(set) var devices = 0
    private(set) var feasible = 0
    private var energyTotalJoules = 0.0
    private var energyComputeJoules = 0.0
    private var energyIdleJoules = 0.0
    private var models: [EnergyModel: Int] = [:]
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
        energyIdleJoules += entry.energyIdleJoules ?? 0
        models[entry.energyModel, default: 0] += 1
        kktResidual = max(kktResidual, entry.certificate?.kktResidual ?? 0)
        dualityGapRelative = max(dualityGapRelative, entry.certificate?.dualityGapRelative ?? 0)
    }

    /// `tau f³`, or how many devices have which form.
    private var modelNames: String {
        let names: KeyValuePairs<EnergyModel, String> = [
            .table: "measured tables", .smooth: "a + b f + tau f³", .paper: "the paper's tau f³",
        ]
        let used = names.filter { models[$0.key] != nil }
        guard used.count > 1 else { return used.first?.value ?? "" }
        return used.map { "\($0.value) (\(models[$0.key] ?? 0))" }.joined(separator: ", ")
    }

    /// The lines below a table.
    var text: String {
        let energies =
            "\(feasible) of \(devices) devices feasible, \(Quantity.energy(energyTotalJoules)) together: "
            + "\(Quantity.energy(energyComputeJoules)) compute, \(Quantity.energy(energyTotalJoules - energyComputeJoules)) radio, modelled by \(modelNames)"
            + (energyIdleJoules > 0 ? "; waiting draws \(Quantity.energy(energyIdleJoules)) more" : "")
            + (iterations.map { "; at most \($0) iterations a device" } ?? "")
        guard feasible > 0 else { return energies }
        return energies
            + "\nlargest KKT residual \(Quantity.significant(kktResidual)), "
            + "largest relative duality gap \(Quantity.significant(dualityGapRelative))"
    }
}
