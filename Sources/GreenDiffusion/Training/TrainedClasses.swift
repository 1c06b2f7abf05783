import Datasets
import Kernels
import Model

/// The classes that a run with setting `conditional` learns: those of its images, and one label more that means "no class".
struct TrainedClasses: Sendable, Equatable {
    /// By label.
    let names: [String]
    /// Which labels a training step hides.
    let dropout: LabelDropout

    /// Share of labels that training hides unless told otherwise [Ho22].
    static let standardDropout = 0.1

    /// - Parameters:
    ///   - images: those that are trained on.
    ///   - labelDropout: nil for the standard.
    ///   - data: what the setting `data` says, for messages.
    /// - Throws: `ConfigurationError` for images without classes, or classes of one name.
    init(of images: any ImageDataset, labelDropout: Double?, data: String) throws(ConfigurationError) {
        names = images.classNames
        guard names.count > 1 else {
            throw ConfigurationError(
                Setting.conditional.name, "on", "needs images of two classes or more, but data \(data) has only \(names[0])",
                wayOut: "put the images of each class into a folder of its own, or leave conditional out")
        }
        var labels: [String: Int] = [:]
        for (label, name) in names.enumerated() {
            guard let other = labels.updateValue(label, forKey: name) else { continue }
            throw ConfigurationError(
                Setting.conditional.name, "on",
                "needs classes of different names, but data \(data) has \(name) twice (classes \(other) and \(label))",
                wayOut: "call one of the folders otherwise, or leave conditional out")
        }
        dropout = LabelDropout(probability: labelDropout ?? Self.standardDropout, nullLabel: names.count)
    }

    /// Refuses images whose classes are not called as in the checkpoint that a run goes on from: labels would mean something else.
    func check(resuming checkpoint: Checkpoint, data: String) throws(RunDirectoryError) {
        let before = checkpoint.classNames ?? []
        guard names != before else { return }
        let label = zip(names, before).enumerated().first { $0.1.0 != $0.1.1 }?.offset
        let difference = label.map { "class \($0) is \(names[$0]), it was \(before[$0])" }
        throw .inputChanged(
            setting: Setting.data.name, value: data, reason: difference ?? "\(names.count) classes, there were \(before.count)")
    }
}

extension UNet {
    /// The network that training begins with: `start` with the vectors of `classes`, or as it draws "no class" where there are none, or
    /// fresh parameters.
    ///
    /// - Parameters:
    ///   - start: nil for random weights.
    ///   - source: what errors call it.
    ///   - classes: nil where the run is not conditional.
    /// - Throws: `ConfigurationError` where `start` has classes that the run does not learn and no label for none of them, or that nobody knows the names of.
    convenience init(
        startingFrom start: Checkpoint?, _ source: String, preset: UNetConfiguration.Preset, classes: TrainedClasses?,
        seed: UInt64, context: ComputeContext
    ) throws {
        guard let start else {
            var configuration = UNetConfiguration(preset: preset)
            configuration.numClassEmbeds = classes.map { $0.names.count + 1 }
            try self.init(configuration, context: context)
            initialize(seed: seed)
            return
        }
        if let known = start.classes {
            if classes == nil, known.nullLabel != nil {
                try self.init(start.unconditioned(), context: context)
                return
            }
            guard classes != nil else {
                throw ConfigurationError(
                    Setting.conditional.name, "off",
                    "does not go with \(source), a model of \(known.count) classes without a label that means none of them",
                    wayOut: "set conditional to on")
            }
            guard known.names != nil else {
                throw ConfigurationError(
                    Setting.initial.name, source, "has \(known.count) classes without names",
                    wayOut: "write the names in the order of labels into a classes.json beside its config.json: [\"...\", ...]")
            }
        }
        try self.init(classes.map { start.conditioned(on: $0.names) } ?? start, context: context)
    }
}
