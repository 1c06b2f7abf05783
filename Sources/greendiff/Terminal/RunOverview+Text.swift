import GreenDiffusion
import Records
import Report

/// The lines about images before training: which files they come from, and what is done to them.
enum ImageLines {
    static func lines(files: ImageFileCounts?, treatment: String?) -> [String] {
        (files.map { [labelledLine("files", $0.text)] } ?? []) + (treatment.map { [labelledLine("images", $0)] } ?? [])
    }
}

/// The line about the classes of a conditional model.
enum ClassLines {
    private static let shown = 5

    /// How many there are, and the first few.
    static func text(_ names: [String]) -> String {
        "\(names.count): \(names.prefix(shown).joined(separator: ", "))\(names.count > shown ? ", ..." : "")"
    }
}

extension RunOverview {
    /// Model, images and budget, a line each.
    var lines: [String] {
        [labelledLine("model", modelText), labelledLine("data", dataText)]
            + (classNames.map { [labelledLine("classes", ClassLines.text($0))] } ?? [])
            + ImageLines.lines(files: imageFiles, treatment: imageTreatment) + [labelledLine("plan", planText)]
            + (distances.map { [labelledLine("distance", $0)] } ?? [])
            + (heldOutWarning.map { [labelledLine("warning", $0)] } ?? [])
    }

    /// Where the held-out loss means little.
    private var heldOutWarning: String? {
        guard configuration.evaluateEvery > 0 else { return nil }
        guard let count = imagesHeldOut else { return "the data set is too small to hold images back: no held-out loss" }
        guard count < Self.fewestHeldOut else { return nil }
        return "only \(count) image\(count == 1 ? " is" : "s are") held out: the loss on them is mostly noise"
    }

    /// Fewer images differ so much in how hard they are that a loss over them says little about others.
    private static let fewestHeldOut = 64

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
        let total = imagesOfDevices.reduce(imagesHeldOut ?? 0, +)
        let heldOut = imagesHeldOut.map { ", \($0) \(configuration.data.isStored ? "of \(total)" : "more") held out" } ?? ""
        return "\(dataName), \(imagesOfDevices.count) devices x \(share) images, \(text(.partition))\(heldOut)"
    }

    /// `T = 42.0 s (auto), bits 2:8 on demand, 5 devices a round; energies are modelled by measured tables`
    private var planText: String {
        let origin = configuration.timeBudget == .automatic ? (configuration.workload == .paper ? " (paper)" : " (auto)") : ""
        let bits =
            switch configuration.scheme {
            case .onDemand: "bits \(text(.bits)) on demand" + (configuration.bitPlanning == .system ? ", all together" : "")
            case .fixed: "\(text(.bits)) bits fixed"
            case .fedAvg: "FedAvg, 32 bits"
            }
        return
            "T = \(Quantity.time(timeBudgetSeconds))\(origin), \(bits), \(devicesPerRound) devices a round; energies are modelled by "
            + EnergyModelText.names(energyModels.map(\.rawValue))
    }

    private func text(_ setting: Setting) -> String { configuration.text(of: setting) ?? "" }
}

extension DryRun {
    /// What `greendiff train --dry-run` prints.
    var text: String {
        let rounds = overview.configuration.rounds
        let radio = energyJoules - energyComputeJoules
        return
            (overview.lines + ["", TextTable.text([Self.heading] + devices.map(Self.cells)), ""] + infeasibleLines + [
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
            ] + memoryLines).joined(separator: "\n")
    }

    /// How much memory the run takes, and a warning where that is more than there is.
    private var memoryLines: [String] {
        guard let peakMemoryBytes else { return [] }
        let available = availableMemoryBytes.map { ", \(Quantity.bytes($0)) available here" } ?? ""
        let line = labelledLine("memory", "about \(Quantity.bytes(peakMemoryBytes)) at the peak\(available)")
        guard let availableMemoryBytes, peakMemoryBytes > availableMemoryBytes else { return [line] }
        return [
            line,
            labelledLine("warning", "the run needs more memory than is available here: use a smaller --batch-size or model"),
        ]
    }

    /// A line where some devices have no plan.
    private var infeasibleLines: [String] {
        let infeasible = devices.count { $0.plan == nil }
        guard infeasible > 0 else { return [] }
        return [
            labelledLine(
                "warning",
                "\(infeasible) of \(devices.count) devices have no plan that fits in the first round; the table has the reasons")
        ]
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
