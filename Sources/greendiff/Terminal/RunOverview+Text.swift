import GreenDiffusion
import Records
import Report

/// The lines about images before training: which files they come from, and what is done to them.
enum ImageLines {
    static func lines(files: ImageFileCounts?, treatment: String?) -> [String] {
        (files.map { [labelledLine("files", $0.text)] } ?? []) + (treatment.map { [labelledLine("images", $0)] } ?? [])
    }
}

extension RunOverview {
    /// Model, images and budget, a line each.
    var lines: [String] {
        [labelledLine("model", modelText), labelledLine("data", dataText)]
            + ImageLines.lines(files: imageFiles, treatment: imageTreatment) + [labelledLine("plan", planText)]
    }

    /// `small, 1.81 M parameters, 0.61 GFLOP a training sample (executed)   init: builtin:signs-small`
    private var modelText: String {
        "\(configuration.preset?.rawValue ?? "checkpoint"), \(Quantity.count(parameterCount)) parameters, "
            + "\(Quantity.flops(flopsPerSample)) a training sample (executed)   "
            + "init: \(configuration.initial?.text ?? "random weights, seed \(configuration.seed)")"
    }

    /// `synthetic signs (day), 10 devices x 512 images, dirichlet:0.5, 256 held out`
    private var dataText: String {
        let (smallest, largest) = (imagesOfDevices.min() ?? 0, imagesOfDevices.max() ?? 0)
        let share = smallest == largest ? "\(smallest)" : "\(smallest)-\(largest)"
        let heldOut = imagesHeldOut.map { ", \($0) held out" } ?? ""
        return "\(dataName), \(imagesOfDevices.count) devices x \(share) images, \(text(.partition))\(heldOut)"
    }

    /// `T = 42.0 s (auto), bits 2:8 on demand, 5 devices a round; energies are modelled`
    private var planText: String {
        let origin = configuration.timeBudget == .automatic ? (configuration.workload == .paper ? " (paper)" : " (auto)") : ""
        let bits =
            switch configuration.scheme {
            case .onDemand: "bits \(text(.bits)) on demand" + (configuration.bitPlanning == .system ? ", all together" : "")
            case .fixed: "\(text(.bits)) bits fixed"
            case .fedAvg: "FedAvg, 32 bits"
            }
        return
            "T = \(Quantity.time(timeBudgetSeconds))\(origin), \(bits), \(devicesPerRound) devices a round; energies are modelled"
    }

    private func text(_ setting: Setting) -> String { configuration.text(of: setting) ?? "" }
}

extension DryRun {
    /// What `greendiff train --dry-run` prints.
    var text: String {
        let rounds = overview.configuration.rounds
        let radio = energyJoules - energyComputeJoules
        return
            (overview.lines + ["", TextTable.text([Self.heading] + devices.map(Self.cells)), ""] + [
                labelledLine(
                    "energy",
                    "\(Quantity.energy(energyJoules)) a round (compute \(Quantity.energy(energyComputeJoules)), radio "
                        + "\(Quantity.energy(radio))), about \(Quantity.energy(energyJoules * Double(rounds))) in all, modelled"),
                labelledLine(
                    "bytes",
                    "\(Quantity.bytes(uploadBytes)) up and \(Quantity.bytes(downloadBytes)) down a round, about "
                        + "\(Quantity.bytes(uploadBytes * rounds)) up in all"),
                labelledLine(
                    "time",
                    "about \(Quantity.duration(wallSeconds)) of training here for \(rounds) rounds; the devices would take "
                        + "\(Quantity.duration(overview.timeBudgetSeconds * Double(rounds)))"),
                labelledLine("disk", "about \(Quantity.bytes(diskBytes)), records and samples apart"),
            ]).joined(separator: "\n")
    }

    private static let heading = [
        "device", "profile", "images", "distance", "bits", "frequency", "power", "compute", "radio", "energy",
    ]

    private static func cells(_ device: Device) -> [String] {
        let start = [
            device.name ?? "\(device.id)", device.profile, "\(device.samples)",
            "\(Quantity.significant(device.distanceMetres)) m",
        ]
        guard let plan = device.plan else { return start + ["infeasible: \(device.reason ?? "no plan")"] }
        return start + [
            "\(plan.bits)", "\(Quantity.significant(plan.energy.frequencyHertz / 1e6)) MHz",
            "\(Quantity.significant(plan.energy.powerWatts * 1e3)) mW", Quantity.time(plan.energy.timeComputeSeconds),
            Quantity.time(plan.energy.timeCommunicationSeconds), Quantity.energy(plan.energy.energyTotalJoules),
        ]
    }
}
