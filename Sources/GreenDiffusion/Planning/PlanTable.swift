import Energy
import Foundation

extension PlanDocument {
    /// The plans for people: aligned columns, then the sum and what the optimised split saves.
    func table() -> String {
        let header = ["device", "theta", "pi", "frequency", "power", "compute", "radio", "energy", "even split", "saves"]
        let rows = plans.map(row)
        let widths = header.indices.map { column in
            ([header] + rows.filter { $0.count == header.count }).map { $0[column].count }.max() ?? 0
        }
        let idWidth = max(widths[0], plans.map { $0.id.description.count }.max() ?? 0)
        let lines = ([header] + rows).map { cells in
            guard cells.count == header.count else {
                return cells[0].padding(toLength: idWidth, withPad: " ", startingAt: 0) + "  " + cells[1]
            }
            let rest = cells.indices.dropFirst().map { String(repeating: " ", count: widths[$0] - cells[$0].count) + cells[$0] }
            return ([cells[0].padding(toLength: idWidth, withPad: " ", startingAt: 0)] + rest).joined(separator: "  ")
        }
        return (lines + ["", summary]).joined(separator: "\n")
    }

    /// Ten cells of a feasible device; name and reason of an infeasible one.
    private func row(_ plan: PlanEntry) -> [String] {
        guard let best = plan.outcome.plan else { return [plan.id.description, "infeasible: \(plan.reason ?? "")"] }
        let even = plan.evenSplit.plan?.energyTotalJoules
        return [
            plan.id.description, String(format: "%.4f", best.theta), String(format: "%.4f", best.pi),
            String(format: "%.1f MHz", best.frequencyHertz / 1e6), String(format: "%.2f mW", best.powerWatts * 1e3),
            Quantity.energy(best.energyComputeJoules), Quantity.energy(best.energyCommunicationJoules),
            Quantity.energy(best.energyTotalJoules), even.map(Quantity.energy) ?? "infeasible",
            even.map { String(format: "%.1f %%", 100 * (1 - best.energyTotalJoules / $0)) } ?? "-",
        ]
    }

    private var summary: String {
        let feasible = plans.compactMap(\.outcome.plan)
        let total = feasible.reduce(0) { $0 + $1.energyTotalJoules }
        let compute = feasible.reduce(0) { $0 + $1.energyComputeJoules }
        let iterations = plans.compactMap { $0.iterations?.count }.max()
        return "\(feasible.count) of \(plans.count) devices feasible, \(Quantity.energy(total)) together: "
            + "\(Quantity.energy(compute)) compute, \(Quantity.energy(total - compute)) radio"
            + (iterations.map { "; at most \($0) iterations a device" } ?? "")
    }
}
