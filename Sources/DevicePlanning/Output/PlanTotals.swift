import Energy
import Report

/// What many plans come to.
struct PlanTotals: Sendable {
    private(set) var devices = 0
    private(set) var feasible = 0
    private var energyTotalJoules = 0.0
    private var energyComputeJoules = 0.0
    private var energyIdleJoules = 0.0
    private var energyDownloadJoules = 0.0
    private var models: [EnergyModel: Int] = [:]
    private var iterations: Int?
    private var implausible: (devices: Int, largest: Double, id: DeviceIdentifier)?
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
        energyDownloadJoules += entry.download?.joules ?? 0
        models[entry.energyModel, default: 0] += 1
        if let flops = entry.flopsPerJoule, ComputeModel.isImplausible(flopsPerJoule: flops, energyModel: entry.energyModel) {
            let others = implausible ?? (0, 0, entry.id)
            let isLargest = flops > others.largest
            implausible = (others.devices + 1, max(flops, others.largest), isLargest ? entry.id : others.id)
        }
        kktResidual = max(kktResidual, entry.certificate?.kktResidual ?? 0)
        dualityGapRelative = max(dualityGapRelative, entry.certificate?.dualityGapRelative ?? 0)
    }

    /// `tau f³`, or how many devices have which form.
    private var modelNames: String {
        let used = EnergyModel.allCases.filter { models[$0] != nil }
        guard used.count > 1 else { return EnergyModelText.names(used.map(\.rawValue)) }
        return used.map { "\(EnergyModelText.name($0.rawValue)) (\(models[$0] ?? 0))" }.joined(separator: ", ")
    }

    /// What the energies are modelled by, and what is not in them.
    var model: String {
        "modelled by \(modelNames)"
            + (energyDownloadJoules > 0 ? "; receiving takes \(Quantity.energy(energyDownloadJoules)) more" : "")
            + (energyIdleJoules > 0 ? "; waiting draws \(Quantity.energy(energyIdleJoules)) more" : "")
    }

    /// A line where plans imply what no processor does.
    var warning: String {
        guard let implausible else { return "" }
        return
            "\nwarning: \(implausible.devices) of the plans take more than \(Quantity.flops(ComputeModel.plausibleFLOPsPerJoule)) out of a "
            + "joule, \(implausible.id) \(Quantity.flops(implausible.largest)): that is the law's word. Use operating_points, or a "
            + "profile that has them (docs/devices.md)"
    }

    /// The lines below a table.
    var text: String {
        let energies =
            "\(feasible) of \(devices) devices feasible, \(Quantity.energy(energyTotalJoules)) together: "
            + "\(Quantity.energy(energyComputeJoules)) compute, \(Quantity.energy(energyTotalJoules - energyComputeJoules)) radio, \(model)"
            + (iterations.map { "; at most \($0) iterations a device" } ?? "")
        guard feasible > 0 else { return energies }
        return energies
            + "\nlargest KKT residual \(Quantity.significant(kktResidual)), "
            + "largest relative duality gap \(Quantity.significant(dualityGapRelative))" + warning
    }
}
