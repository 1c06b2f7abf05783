import Foundation
import Storage

extension PretrainingSettings {
    /// What a resumed run may change: where its images lie, how long it is, and what it writes when.
    public struct Changes: Sendable {
        /// The same images at another place.
        public var data: String?
        /// Steps of the whole run.
        public var steps: Int?
        /// Steps between checkpoints.
        public var checkpointEvery: Int?
        /// Steps between sample grids; 0 for none.
        public var sampleEvery: Int?
        /// The weights of a feature network.
        public var features: String?
        /// Images that are drawn for distances.
        public var distanceImages: Int?

        /// No changes, but for the number of steps where one is given.
        public init(steps: Int? = nil) { self.steps = steps }
    }

    /// The settings in the folder of a run.
    package init(_ files: RunFiles) throws(FileError) { try self.init(path: files.settingsPath) }

    private init(path: String) throws(FileError) {
        let bytes = try readFile(path)
        guard let settings = try? JSONDecoder().decode(PretrainingSettings.self, from: Data(bytes)), settings.isSound else {
            throw .invalid(path: path, reason: "it does not hold the settings of a pretraining run")
        }
        self = settings
    }

    /// Whether the numbers are such as `greendiff pretrain` takes.
    private var isSound: Bool {
        let limit = 1_000_000_000
        return (1...4096).contains(batchSize) && (1...limit).contains(steps) && (0...limit).contains(learningRate.warmUpSteps)
            && (0...1).contains(learningRate.peak) && (0...1).contains(weightDecay)
            && (1...limit).contains(checkpointEvery ?? 1) && (0...limit).contains(sampleEvery ?? 0)
            && (0...limit).contains(evaluateEvery ?? 0) && (0...1).contains(labelDropout ?? 0)
            && (2...limit).contains(distanceImages ?? 2)
    }

    /// These settings with paths made absolute.
    func resolved() throws -> PretrainingSettings {
        var configuration = RunConfiguration()
        configuration.data = try DataSpecification(parsing: data)
        configuration.initial = try initialCheckpoint.map { try ModelSource(parsing: $0) }
        (configuration.isConditional, configuration.labelDropout) = (isConditional ?? false, labelDropout)
        (configuration.features, configuration.distanceImages) = (features, distanceImages)
        configuration.evaluateEvery = evaluateEvery ?? 0
        configuration = try configuration.resolved()
        var settings = self
        settings.labelDropout = configuration.labelDropout
        (settings.features, settings.distanceImages) = (configuration.features, configuration.distanceImages)
        (settings.data, settings.initialCheckpoint) = (configuration.data.text, configuration.initial?.text)
        return settings
    }

    /// As the file of settings holds them.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// These settings with `changes`, for the run in `path` that has `done` so many steps.
    func applying(_ changes: Changes, done: Int, path: String) throws(PretrainingError) -> PretrainingSettings {
        let requested = changes.steps ?? steps
        guard requested >= done else { throw .stepsBehind(path: path, done: done, requested: requested) }
        guard requested == steps || learningRate.decay == .constant else {
            throw .decayIsFixed(path: path, steps: steps, requested: requested)
        }
        var settings = self
        settings.learningRate = LearningRateSchedule(
            peak: learningRate.peak, warmUpSteps: learningRate.warmUpSteps, steps: requested, decay: learningRate.decay)
        settings.data = changes.data ?? data
        settings.checkpointEvery = changes.checkpointEvery ?? checkpointEvery
        settings.sampleEvery = changes.sampleEvery ?? sampleEvery
        settings.features = changes.features ?? features
        settings.distanceImages = changes.distanceImages ?? distanceImages
        return settings
    }

    /// Refuses settings of a file that are not those of a checkpoint.
    ///
    /// - Parameters:
    ///   - checkpoint: the folder of a checkpoint with a manifest.
    ///   - path: the file that these are from.
    package func checkUnchanged(since checkpoint: String, path: String) throws {
        let savedPath = "\(checkpoint)/\(RunKind.pretraining.savedSettingsName)"
        let (saved, found) = try (PretrainingSettings(path: savedPath).deciding(), deciding())
        let differences = Set(saved.keys).union(found.keys).sorted().filter { saved[$0] != found[$0] }
        guard differences.isEmpty else {
            func text(_ value: JSONValue?) -> String { value.map { "\($0)" } ?? "unset" }
            throw RunDirectoryError.settingsEdited(
                path: path, checkpoint: savedPath,
                differences: differences.map { "\($0) \(text(found[$0])) (was \(text(saved[$0])))" })
        }
    }

    /// By name, what decides the weights of the steps that are done.
    private func deciding() throws -> [String: JSONValue] {
        var reference = self
        (reference.data, reference.checkpointEvery, reference.sampleEvery) = ("", nil, nil)
        (reference.features, reference.distanceImages) = (nil, nil)
        if learningRate.decay == .constant {
            reference.learningRate = LearningRateSchedule(
                peak: learningRate.peak, warmUpSteps: learningRate.warmUpSteps, steps: 0, decay: .constant)
        }
        let fields = try JSONDecoder().decode([String: JSONValue].self, from: Data(try reference.json().utf8))
        var flat = fields.filter { $0.key != CodingKeys.learningRate.stringValue }
        if case .object(let rate)? = fields[CodingKeys.learningRate.stringValue] {
            for (name, value) in rate { flat["learning_rate.\(name)"] = value }
        }
        return flat
    }
}
