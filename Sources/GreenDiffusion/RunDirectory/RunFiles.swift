import Foundation
import Records
import Storage

/// Where the files of a run lie in its folder.
public struct RunFiles: Sendable {
    /// The run's folder.
    public let path: String
    /// What made it.
    public let kind: RunKind

    /// Touches no file.
    public init(path: String, kind: RunKind = .federated) { (self.path, self.kind) = (path, kind) }

    /// Every setting, resolved: runs the same again.
    public var configurationPath: String { "\(path)/\(RunKind.federated.settingsName)" }
    /// A `RunSummary`, or a `PretrainingSummary`.
    public var summaryPath: String { "\(path)/summary.json" }
    /// Energy and emissions of all rounds, as CodeCarbon names them.
    public var emissionsPath: String { "\(path)/emissions.csv" }
    /// The page for people.
    public var reportPath: String { "\(path)/report.html" }
    /// The averaged model, as a checkpoint that diffusers opens.
    public var modelFolder: String { "\(path)/model" }

    package var roundsFile: JSONLinesFile { JSONLinesFile(path: "\(path)/rounds.jsonl") }
    package var devicesFile: JSONLinesFile { JSONLinesFile(path: "\(path)/devices.jsonl") }
    package var schemesFile: JSONLinesFile { JSONLinesFile(path: "\(path)/schemes.jsonl") }
    package var progressFile: JSONLinesFile { JSONLinesFile(path: "\(path)/progress.jsonl") }
    package var samplesFolder: String { "\(path)/samples" }
    package var tensorBoardFolder: String { "\(path)/tensorboard" }
    package var checkpointsFolder: String { "\(path)/checkpoints" }

    /// The settings of a run of this kind.
    package var settingsPath: String { "\(path)/\(kind.settingsName)" }
    /// The images that the run reads, an `ImageList`.
    var imagesPath: String { "\(path)/images.csv" }
    /// What TensorBoard reads.
    var eventsPath: String { "\(tensorBoardFolder)/events.out.tfevents.greendiff" }

    /// True where the folder holds a run of this kind.
    public var holdsRun: Bool { RunKind(at: path) == kind && FileManager.default.fileExists(atPath: settingsPath) }

    /// The files that a run of this kind adds lines to.
    var recordFiles: [JSONLinesFile] { kind == .federated ? [devicesFile, schemesFile, roundsFile] : [progressFile] }

    /// The rounds that are done, without gaps.
    package func rounds() throws(FileError) -> [RoundRecord] {
        try roundsFile.read(RoundRecord.self) { record, index in record.isSound && record.round == index + 1 }
    }

    /// What each device did in each round.
    package func devices() throws(FileError) -> [DeviceRecord] {
        try devicesFile.read(DeviceRecord.self) { record, _ in record.isSound }
    }

    /// What each round would have cost under each scheme.
    package func schemes() throws(FileError) -> [SchemeRecord] {
        try schemesFile.read(SchemeRecord.self) { record, _ in record.isSound }
    }

    /// How training on one machine went.
    package func progress() throws(FileError) -> [PretrainingRecord] {
        try progressFile.read(PretrainingRecord.self) { record, _ in record.isSound }
    }

    /// The folder of the checkpoint after a round or step.
    package func checkpointPath(_ number: Int) -> String { "\(checkpointsFolder)/\(kind.name(number))" }

    /// The folder of a finished round's checkpoint.
    package func checkpointPath(round: Int) -> String { checkpointPath(round) }

    /// The file of the sample grid of a round or step.
    package func samplePath(_ number: Int) -> String { "\(samplesFolder)/\(kind.name(number)).png" }

    /// The file of a round's sample grid.
    package func samplePath(round: Int) -> String { samplePath(round) }

    /// Rounds or steps that have a checkpoint, ascending.
    package func checkpointNumbers() -> [Int] {
        Folder.names(in: checkpointsFolder).compactMap { kind.number(inName: $0) }.sorted()
    }

    /// The round that `summary.json` and so `model/` are of; nil without one, and for pretraining, whose model each checkpoint renews.
    var summarizedRound: Int? {
        guard kind == .federated, let bytes = try? readFile(summaryPath) else { return nil }
        return try? JSONDecoder().decode(RunSummary.self, from: Data(bytes)).roundsCompleted
    }

    /// Rounds or steps that have a sample grid, ascending.
    package func sampleNumbers() -> [Int] { Self.numbers(in: samplesFolder, extension: ".png") { kind.number(inName: $0) } }

    private static func numbers(in folder: String, extension suffix: String, number: (Substring) -> Int?) -> [Int] {
        Folder.names(in: folder).filter { $0.hasSuffix(suffix) }.compactMap { number($0.dropLast(suffix.count)) }.sorted()
    }
}

// What devices keep between rounds under error feedback.
extension RunFiles {
    var residualsFolder: String { "\(path)/devices" }

    /// Where a device keeps what quantization left out of its updates.
    package func residualFolder(device: Int) -> String { "\(residualsFolder)/\(RunKind.name("device", device))" }

    /// What a device's frame of a round left out.
    package func residualPath(device: Int, round: Int) -> String {
        "\(residualFolder(device: device))/\(kind.name(round)).gduf"
    }

    /// Rounds of which a residual of the device is kept, ascending.
    package func residualRounds(device: Int) -> [Int] {
        Self.numbers(in: residualFolder(device: device), extension: ".gduf") { kind.number(inName: $0) }
    }

    /// Devices that have a folder, ascending.
    func residualDevices() -> [Int] {
        Folder.names(in: residualsFolder).compactMap { RunKind.number("device", inName: $0) }.sorted()
    }
}
