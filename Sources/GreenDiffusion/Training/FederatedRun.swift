import FedRuntime
import Foundation
import Kernels
import Model
import Records
import Storage

/// A federated run in its folder: rounds of planning, local training, quantized uploads and exact averaging.
///
/// Every random number is addressed by (seed, round, device, step), and all that a round needs from the rounds before is in
/// its checkpoint: a resumed run ends at the weights of an uninterrupted one.
public final class FederatedRun {
    private let directory: RunDirectory
    let components: RunComponents
    let server: FederatedServer
    /// The server's moving average of the global weights.
    let average: ExponentialMovingAverage

    /// The settings, with what depends on other settings filled in.
    public var configuration: RunConfiguration { components.configuration }
    /// Rounds done since the beginning of the run.
    public var completedRounds: Int { server.state.completedRounds }
    /// Where the run's files lie.
    public var files: RunFiles { directory.files }
    /// The run's folder.
    public var path: String { files.path }

    /// When the program began to open the run, in seconds that the machine has been up.
    let openedAt: Double
    /// What a person who resumed the run should know, a line each.
    public let notices: [String]

    private init(
        _ directory: RunDirectory, _ components: RunComponents, _ server: FederatedServer, _ average: ExponentialMovingAverage,
        openedAt: Double, notices: [String] = []
    ) {
        self.openedAt = openedAt
        (self.directory, self.components, self.server, self.average) = (directory, components, server, average)
        self.notices = notices
    }

    /// Refuses settings that do not go together, and a folder that holds something already: what `start` finds out first.
    package static func check(_ configuration: RunConfiguration, at path: String) throws {
        _ = try configuration.resolved()
        try RunDirectory.checkVacant(path, for: .federated)
    }

    /// Begins a run in the folder `path`, which has none yet.
    ///
    /// The configuration is checked against data, devices and model before anything is written.
    ///
    /// - Throws: `ConfigurationError`, `DatasetError`, `CheckpointError`, `FederationError`, ... for what cannot be used;
    ///   `RunDirectoryError` or `FileError` for the folder.
    public static func start(_ configuration: RunConfiguration, at path: String) throws -> FederatedRun {
        try start(configuration, at: path, site: .everything)
    }

    /// The same, for devices that may be elsewhere.
    package static func start(_ configuration: RunConfiguration, at path: String, site: RunSite) throws -> FederatedRun {
        let configuration = try configuration.resolved()
        try RunDirectory.checkVacant(path, for: .federated)
        return try begin(configuration, site) { try .create(at: path, kind: .federated, settings: try $0.yaml()) }
    }

    /// - Parameter openDirectory: called with the settings to record, when all is known to be in order.
    private static func begin(
        _ configuration: RunConfiguration, _ site: RunSite, in openDirectory: (RunConfiguration) throws -> RunDirectory
    ) throws -> FederatedRun {
        let openedAt = ProcessInfo.processInfo.systemUptime
        let components = try RunComponents(configuration, site: site)
        let server = try components.makeServer()
        let average = ExponentialMovingAverage(of: server.global, decay: configuration.averageDecay)
        let run = FederatedRun(try openDirectory(components.configuration), components, server, average, openedAt: openedAt)
        try components.images.list?.write(to: run.files.imagesPath)
        try run.saveCheckpoint()
        return run
    }

    /// Takes up the run in the folder `path` after its last finished round.
    ///
    /// - Parameters:
    ///   - path: the folder of the run.
    ///   - changes: settings that the user names again; those that decide the weights must be as they were. Those that name a place may
    ///     name another with the same content.
    ///   - round: go back to the checkpoint of that round and forget what came after it; nil takes the newest.
    /// - Throws: as `start`; `RunDirectoryError` where the folder, its settings or what they name are not what the run wrote and read.
    public static func resume(
        _ path: String, changing changes: [(setting: Setting, text: String)] = [], fromRound round: Int? = nil
    ) throws -> FederatedRun {
        try resume(path, changing: changes, fromRound: round, site: .everything)
    }

    /// The same, for devices that may be elsewhere.
    package static func resume(
        _ path: String, changing changes: [(setting: Setting, text: String)], fromRound round: Int? = nil, site: RunSite
    ) throws -> FederatedRun {
        let directory = try RunDirectory.open(at: path, kind: .federated)
        let files = directory.files
        let verified = try directory.checkpoint(round)
        var configuration = RunConfiguration()
        try configuration.override(fromYAMLFile: files.configurationPath)
        guard let verified else {
            guard files.isOnlyBegun else { throw RunDirectoryError.noCheckpoint(path: path) }
            try configuration.apply(changes, relocating: Setting.places)
            return try begin(try configuration.resolved(), site) {
                try directory.begin(settings: try $0.yaml())
                return directory
            }
        }
        if verified.manifest != nil {
            try configuration.checkUnchanged(since: verified.folder, path: files.configurationPath)
        }
        let saved = configuration.rounds
        try configuration.apply(changes, relocating: Setting.places.filter { verified.manifest?.inputs[$0.name] != nil })
        configuration = try configuration.resolved()
        guard configuration.rounds == saved || configuration.decay == .constant else {
            throw FederatedRunError.decayIsFixed(path: path, rounds: saved, requested: configuration.rounds)
        }
        guard configuration.rounds >= verified.number else {
            throw FederatedRunError.roundsBehind(path: path, done: verified.number, requested: configuration.rounds)
        }
        return try goOn(configuration, site, after: verified, in: directory)
    }

    private static func goOn(
        _ configuration: RunConfiguration, _ site: RunSite, after verified: VerifiedCheckpoint, in directory: RunDirectory
    ) throws -> FederatedRun {
        let openedAt = ProcessInfo.processInfo.systemUptime
        let files = directory.files
        let checkpoint: RunCheckpoint
        do throws(CheckpointDamage) {
            checkpoint = try RunCheckpoint(
                folder: verified.folder, round: verified.number, averageDecay: configuration.averageDecay)
        } catch { throw files.damaged(error, checkpoint: verified.number) }
        let components = try RunComponents(configuration, site: site, runID: checkpoint.runID, resuming: checkpoint.model)
        try verified.manifest?.check(
            inputs: components.inputs, values: { name in Setting.named(name).flatMap { configuration.text(of: $0) } },
            images: components.images.list, before: ImageList(path: files.imagesPath))
        let server = try components.makeServer(resuming: checkpoint.state)
        let removed = try directory.discard(after: verified.number, manifest: verified.manifest)
        try AtomicFile.write(try configuration.yaml(), to: files.configurationPath)
        try components.images.list?.write(to: files.imagesPath)
        try directory.prune(keeping: configuration.keepCheckpoints)
        return FederatedRun(
            directory, components, server, checkpoint.average, openedAt: openedAt,
            notices: verified.notices(removedCheckpoints: removed, files))
    }

    /// Adds lines to a file of records.
    func append(_ records: [some RunRecord], to file: JSONLinesFile) throws { try directory.append(records, to: file) }

    /// The global model as a checkpoint.
    var globalModel: Checkpoint { checkpoint(server.global) }

    /// The averaged model, which samples better, as a checkpoint.
    var averagedModel: Checkpoint { checkpoint(average.parameters) }

    private func checkpoint(_ parameters: Tensor) -> Checkpoint {
        Checkpoint(
            configuration: components.model.configuration, scheduler: components.scheduler, parameters: parameters,
            classNames: components.classes?.names)
    }

    /// Writes the checkpoint of the last finished round and removes those that are no longer needed.
    func saveCheckpoint() throws {
        let checkpoint = RunCheckpoint(
            model: globalModel, average: average, state: server.state, runID: server.settings.runID)
        try directory.saveCheckpoint(
            completedRounds, settings: try configuration.decidingSettings(), inputs: components.inputs
        ) { try checkpoint.write(into: $0, seed: configuration.seed) }
        try directory.prune(keeping: configuration.keepCheckpoints)
    }
}

extension RunComponents {
    /// The server of a new run, or of one that goes on after `state`.
    func makeServer(resuming state: ServerState? = nil) throws -> FederatedServer {
        let global = Tensor(shape: [model.layout.parameterCount])
        global.copy(from: model.parameters)
        guard let state else {
            return try FederatedServer(
                starting: settings, devices: devices, layout: model.layout, global: global,
                warmUpFLOPsPerSample: try measureFLOPsPerSample(), threads: threads)
        }
        return try FederatedServer(
            resuming: state, settings: settings, devices: devices, layout: model.layout, global: global, threads: threads)
    }
}
