import Datasets
import Foundation
import Kernels
import Report

extension FederatedRun {
    /// The model in one phrase: `small, 1.81 M parameters, 0.61 GFLOP a training sample (executed)   init: builtin:signs-small`.
    public var modelDescription: String { components.modelDescription(flopsPerSample: server.state.warmUpFLOPsPerSample) }

    /// The images in one phrase: `synthetic signs (day), 10 devices x 512 images, dirichlet:0.5`.
    public var dataDescription: String { components.dataDescription }

    /// The rounds' budget in one phrase: `T = 42.0 s (auto), bits 2:8 on demand, 5 devices a round; energies are modelled`.
    public var planDescription: String { components.planDescription(timeBudgetSeconds: server.state.timeBudgetSeconds) }

    /// Threads that the run computes with.
    public var threads: Int { components.threads }

    /// Limits of the machine, measured now.
    public func measureCeilings() -> MachineCeilings { MachineCeilings.measure(components.model.context) }
}

extension RunComponents {
    func modelDescription(flopsPerSample: Double) -> String {
        let size = configuration.preset?.rawValue ?? "checkpoint"
        return "\(size), \(Quantity.count(model.layout.parameterCount)) parameters, "
            + "\(Quantity.flops(flopsPerSample)) a training sample (executed)   "
            + "init: \(configuration.initial?.text ?? "random weights, seed \(configuration.seed)")"
    }

    var dataDescription: String {
        let sizes = images.shards.map(\.count)
        let (smallest, largest) = (sizes.min() ?? 0, sizes.max() ?? 0)
        let share = smallest == largest ? "\(smallest)" : "\(smallest)-\(largest)"
        let heldOut = images.heldOut.map { ", \($0.count) held out" } ?? ""
        return "\(images.training.name), \(devices.count) devices x \(share) images, "
            + "\(configuration.text(of: .partition) ?? "")\(heldOut)"
    }

    func planDescription(timeBudgetSeconds: Double) -> String {
        let origin = configuration.timeBudget == .automatic ? (configuration.workload == .paper ? " (paper)" : " (auto)") : ""
        let bits =
            switch configuration.scheme {
            case .onDemand:
                "bits \(configuration.text(of: .bits) ?? "") on demand"
                    + (configuration.bitPlanning == .system ? ", all together" : "")
            case .fixed: "\(configuration.text(of: .bits) ?? "") bits fixed"
            case .fedAvg: "FedAvg, 32 bits"
            }
        return
            "T = \(Quantity.time(timeBudgetSeconds))\(origin), \(bits), \(settings.devicesPerRound) devices a round; energies are modelled"
    }
}
