import Energy
import Report
import Storage

/// What a plan on a shared band comes to, as text and as JSON.
struct SharedPlanSummary {
    let plan: SharedBandPlan
    let devices: [PlannedDevice]
    let totalBandwidthHertz: Double
    /// Stands before the names of settings.
    let settingPrefix: String

    /// The lines below a table of the plans that `totals` is of.
    func text(_ totals: PlanTotals) -> String {
        if let shortage = plan.shortage { return text(shortage) }
        guard let summary = plan.summary else { return "0 of \(devices.count) devices can be served" }
        let radio = summary.energyTotalJoules - summary.energyComputeJoules
        let equal = summary.energyEqualBandsJoules.map { joules in
            let saved = Quantity.significant(100 * (1 - summary.energyTotalJoules / joules))
            return "equal bands \(Quantity.energy(joules)), saved \(saved) %"
        }
        return [
            "\(plan.servedCount) of \(devices.count) devices served, \(Quantity.energy(summary.energyTotalJoules)) together: "
                + "\(Quantity.energy(summary.energyComputeJoules)) compute, \(Quantity.energy(radio)) radio, \(totals.model); "
                + (equal ?? "equal bands do not serve all"),
            "\(megahertz(summary.bandwidthUsedHertz)) of \(megahertz(totalBandwidthHertz)) used; one more MHz would save "
                + Quantity.energy(1e6 * summary.bandwidthPriceJoulesPerHertz),
            "KKT residual \(Quantity.significant(summary.kktResidual)), "
                + "relative duality gap \(Quantity.significant(summary.dualityGapRelative))",
        ].joined(separator: "\n") + totals.warning
    }

    private func text(_ shortage: SharedBandShortage) -> String {
        let largest = shortage.largestNeeds.map { "\(devices[$0.device].id) (\(megahertz($0.hertz)))" }
        return
            "no plan: the devices need \(megahertz(shortage.neededHertz)) at least, the band has \(megahertz(totalBandwidthHertz))\n"
            + "most is needed by \(largest.joined(separator: ", "))\n"
            + "feasible with \(settingPrefix)total-bandwidth \(shortage.neededHertz), "
            + "or \(settingPrefix)time-budget \(shortage.sufficientTimeBudgetSeconds)"
    }

    private func megahertz(_ hertz: Double) -> String { Quantity.significant(hertz / 1e6) + " MHz" }

    /// The object under `summary`.
    var json: String {
        var fields: [(name: String, value: Double?)] = [("total_bandwidth_hz", totalBandwidthHertz)]
        if let summary = plan.summary {
            fields += [
                ("energy_total_j", summary.energyTotalJoules), ("energy_compute_j", summary.energyComputeJoules),
                ("energy_communication_j", summary.energyTotalJoules - summary.energyComputeJoules),
                ("energy_equal_bands_j", summary.energyEqualBandsJoules), ("duality_gap_relative", summary.dualityGapRelative),
                ("duality_gap_j", summary.dualityGapJoules), ("kkt_residual", summary.kktResidual),
                ("bandwidth_price_j_per_hz", summary.bandwidthPriceJoulesPerHertz),
                ("bandwidth_used_hz", summary.bandwidthUsedHertz),
            ]
        }
        var text = TextBytes()
        text.append(
            text: "{\"feasible\":\(plan.summary != nil),\"devices\":\(devices.count),\"devices_served\":\(plan.servedCount)")
        if let shortage = plan.shortage {
            fields += [
                ("bandwidth_needed_hz", shortage.neededHertz), ("time_budget_smallest_s", shortage.sufficientTimeBudgetSeconds),
            ]
            text.append(",\"reason\":")
            text.append(quoted: "total_bandwidth_hz: " + shortage.explanation)
            text.append(",\"largest_needs\":[")
            for (place, need) in shortage.largestNeeds.enumerated() {
                text.append(place == 0 ? "{\"id\":" : ",{\"id\":")
                text.append(id: devices[need.device].id)
                text.append(text: ",\"bandwidth_hz\":\(need.hertz)}")
            }
            text.append("]")
        }
        for case (let name, let value?) in fields { text.append(text: ",\"\(name)\":\(value)") }
        text.append("}")
        return String(decoding: text.bytes, as: UTF8.self)
    }
}
