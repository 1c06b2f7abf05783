import Foundation
import Storage

/// Where the files of a run lie in its folder.
public struct RunFiles: Sendable {
    /// The run's folder.
    public let path: String

    /// Touches no file.
    public init(path: String) { self.path = path }

    /// Every setting, resolved: runs the same again.
    public var configurationPath: String { "\(path)/config.yaml" }
    /// A `RunSummary`.
    public var summaryPath: String { "\(path)/summary.json" }
    /// The page for people.
    public var reportPath: String { "\(path)/report.html" }
    /// The averaged model, as a checkpoint that diffusers opens.
    public var modelFolder: String { "\(path)/model" }

    package var roundsFile: JSONLinesFile { JSONLinesFile(path: "\(path)/rounds.jsonl") }
    package var devicesFile: JSONLinesFile { JSONLinesFile(path: "\(path)/devices.jsonl") }
    package var schemesFile: JSONLinesFile { JSONLinesFile(path: "\(path)/schemes.jsonl") }
    package var samplesFolder: String { "\(path)/samples" }
    package var tensorBoardFolder: String { "\(path)/tensorboard" }
    package var checkpointsFolder: String { "\(path)/checkpoints" }

    /// True where the folder holds a run.
    public var holdsRun: Bool { FileManager.default.fileExists(atPath: configurationPath) }

    /// What TensorBoard reads.
    var eventsPath: String { "\(tensorBoardFolder)/events.out.tfevents.greendiff" }

    /// The folder of a finished round's checkpoint.
    package func checkpointPath(round: Int) -> String { "\(checkpointsFolder)/\(Self.name(round: round))" }

    /// The file of a round's sample grid.
    package func samplePath(round: Int) -> String { "\(samplesFolder)/\(Self.name(round: round)).png" }

    /// Rounds that have a checkpoint, ascending.
    package func checkpointedRounds() -> [Int] {
        Self.names(in: checkpointsFolder).compactMap(Self.round(fromName:)).sorted()
    }

    /// Whatever lies in the checkpoint folder, oldest first.
    func checkpointFolders() -> [String] {
        Self.names(in: checkpointsFolder).sorted().map { "\(checkpointsFolder)/\($0)" }
    }

    /// What a crash left half-written in the checkpoint folder.
    func unfinishedCheckpoints() -> [String] {
        Self.names(in: checkpointsFolder).filter { Self.round(fromName: $0) == nil && $0.hasPrefix("round-") }
            .map { "\(checkpointsFolder)/\($0)" }
    }

    /// Rounds that have a sample grid, ascending.
    package func sampledRounds() -> [Int] {
        Self.names(in: samplesFolder).filter { $0.hasSuffix(".png") }
            .compactMap { Self.round(fromName: String($0.dropLast(4))) }.sorted()
    }

    /// Where a device keeps what quantization left out of its updates.
    package func residualFolder(device: Int) -> String { "\(residualsFolder)/\(Self.name("device", device))" }

    /// What a device's frame of a round left out.
    package func residualPath(device: Int, round: Int) -> String {
        "\(residualFolder(device: device))/\(Self.name(round: round)).gduf"
    }

    /// Rounds of which a residual of the device is kept, ascending.
    package func residualRounds(device: Int) -> [Int] {
        Self.names(in: residualFolder(device: device)).filter { $0.hasSuffix(".gduf") }
            .compactMap { Self.round(fromName: String($0.dropLast(5))) }.sorted()
    }

    /// Devices that have a folder, ascending.
    func residualDevices() -> [Int] {
        Self.names(in: residualsFolder).compactMap { Self.number(fromName: $0, "device") }.sorted()
    }

    private var residualsFolder: String { "\(path)/devices" }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    /// E.g. `round-00012`.
    static func name(round: Int) -> String { name("round", round) }

    private static func name(_ kind: String, _ number: Int) -> String {
        let digits = String(number)
        return "\(kind)-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    private static func round(fromName name: String) -> Int? { number(fromName: name, "round") }

    private static func number(fromName name: String, _ kind: String) -> Int? {
        guard name.hasPrefix("\(kind)-"), name.dropFirst(kind.count + 1).allSatisfy(\.isNumber) else { return nil }
        return Int(name.dropFirst(kind.count + 1))
    }
}
