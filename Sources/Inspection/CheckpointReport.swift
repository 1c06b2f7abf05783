import GreenDiffusion
import ImageFiles
import Kernels
import Model
import Report
import Storage

/// A model's checkpoint, verified: configuration supported, every tensor there, of its shape and finite.
struct CheckpointReport: Inspected {
    let kind = "checkpoint"
    let path: String
    let parameterCount: Int
    let tensorCount: Int
    /// Height and width of its images.
    let sampleSize: [Int]
    let channels: Int
    let trainTimesteps: Int
    /// Of a conditional model: its labels, with "no class" where it has that.
    let labels: Int?
    /// What its classes are called, where it says so.
    let classes: [String]?
    /// Euclidean norm of all parameters.
    let parameterNorm: Double
    /// Counters of the training state, nil without one.
    let trainingState: [String: Int]?
    /// What was passed over or chosen while reading.
    let notes: [String]

    init(_ path: String) throws {
        let checkpoint = try Checkpoint(directory: path)
        let layout = checkpoint.configuration.parameterLayout
        self.path = path
        notes = checkpoint.notes
        (parameterCount, tensorCount) = (layout.parameterCount, layout.entries.count)
        (sampleSize, channels) = (checkpoint.configuration.sampleSize, checkpoint.configuration.inChannels)
        trainTimesteps = checkpoint.scheduler.trainTimesteps
        (labels, classes) = (checkpoint.configuration.numClassEmbeds, checkpoint.classNames)
        parameterNorm = ComputeContext(threads: 1).gradientNorm(checkpoint.parameters)
        trainingState =
            TrainingState.exists(in: path) ? try TrainingState(directory: path, layout: layout).counters : nil
    }

    /// The checkpoint of a run, compared with its manifest; nil where a run in progress has removed it meanwhile.
    init?(of files: RunFiles, number: Int) throws {
        let folder = files.checkpointPath(number)
        do {
            try files.verify(checkpoint: number)
            try self.init(folder)
        } catch {
            guard Folder.exists(folder) else { return nil }
            throw error
        }
    }

    var lines: [(String, String)] {
        let size = ImageSize(width: sampleSize[1], height: sampleSize[0])
        let counters = trainingState?.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let lines: [(String, String?)] = [
            ("model", "\(path), verified"),
            (
                "holds",
                "\(Quantity.count(parameterCount)) parameters in \(tensorCount) tensors, norm \(Quantity.significant(parameterNorm))"
            ),
            ("images", "\(size), \(channels) channels, \(trainTimesteps) timesteps"),
            ("classes", classText),
            ("state", counters ?? "none: a model to sample from or to start from"),
        ]
        return lines.compactMap { name, text in text.map { (name, $0) } } + notes.map { ("note", $0) }
    }

    /// Nothing for an unconditional model.
    private var classText: String? {
        labels.map { labels in classes.map { "\($0.count): \($0.joined(separator: ", "))" } ?? "\(labels), without names" }
    }
}
