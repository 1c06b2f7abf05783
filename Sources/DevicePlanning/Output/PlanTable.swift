import Energy
import Foundation
import Report

/// Plans for people: aligned columns. Unlike `TextTable` it never holds all rows: they come block by block, and the first sets the widths.
struct PlanTable: Sendable {
    private let header: [String]
    private let sharesBand: Bool
    private var widths: [Int] = []

    init(sharedBand: Bool) {
        sharesBand = sharedBand
        header =
            ["device", "theta", "pi", "frequency", "power"] + (sharedBand ? ["bandwidth"] : []) + ["compute", "radio", "energy"]
            + (sharedBand ? [] : ["even split", "saves"])
    }

    /// The lines of a block of plans, the header before the first.
    mutating func lines(_ plans: [PlanEntry], threads: Int) -> [String] {
        let table = self
        let rows = parallelFlatMap(plans.count, threads: threads) { range in plans[range].map(table.cells) }
        let isFirst = widths.isEmpty
        if isFirst {
            widths = header.map(\.count)
            for row in rows where row.count == header.count {
                for column in header.indices { widths[column] = max(widths[column], row[column].count) }
            }
            widths[0] = max(widths[0], plans.map { $0.id.description.count }.max() ?? 0)
        }
        let aligned = self
        return (isFirst ? [line(header)] : [])
            + parallelFlatMap(rows.count, threads: threads) { range in rows[range].map(aligned.line) }
    }

    private func line(_ cells: [String]) -> String {
        let name = cells[0] + String(repeating: " ", count: max(0, widths[0] - cells[0].count))
        guard cells.count == header.count else { return name + "  " + cells[1] }
        let rest = cells.indices.dropFirst().map {
            String(repeating: " ", count: max(0, widths[$0] - cells[$0].count)) + cells[$0]
        }
        return ([name] + rest).joined(separator: "  ")
    }

    /// A cell for each column, or name and reason of an infeasible device.
    private func cells(_ entry: PlanEntry) -> [String] {
        guard let plan = entry.plan else { return [entry.id.description, "infeasible: \(entry.reason ?? "")"] }
        let start = [
            entry.id.description, String(format: "%.4f", plan.theta), String(format: "%.4f", plan.pi),
            String(format: "%.1f MHz", plan.frequencyHertz / 1e6), String(format: "%.2f mW", plan.powerWatts * 1e3),
        ]
        let energies = [plan.energyComputeJoules, plan.energyCommunicationJoules, plan.energyTotalJoules].map(Quantity.energy)
        guard !sharesBand else {
            return start + [String(format: "%.3f MHz", (entry.bandwidthHertz ?? 0) / 1e6)] + energies
        }
        let even = entry.energyEvenSplitJoules
        return start + energies + [
            even.map(Quantity.energy) ?? "infeasible",
            even.map { String(format: "%.1f %%", 100 * (1 - plan.energyTotalJoules / $0)) } ?? "-",
        ]
    }
}
