import FedRuntime
import Foundation
import Kernels
import Model
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

    private init(
        _ directory: RunDirectory, _ components: RunComponents, _ server: FederatedServer, _ average: ExponentialMovingAverage
    ) {
        (self.directory, self.components, self.server, self.average) = (directory, components, server, average)
    }

    /// Begins a run in the folder `path`, which has none yet.
    ///
    /// The configuration is checked against data, devices and model before anything is written.
    ///
    /// - Throws: `ConfigurationError`, `DatasetError`, `CheckpointError`, `FederationError`, ... for what cannot be used;
    ///   `RunDirectoryError` or `FileError` for the folder.
    public static func start(_ configuration: RunConfiguration, at path: String) throws -> FederatedRun {
        let configuration = try configuration.resolved()
        try RunDirectory.checkVacant(path)
        let components = try RunComponents(configuration)
        let server = try components.makeServer()
        let average = ExponentialMovingAverage(of: server.global, decay: configuration.averageDecay)
        let directory = try RunDirectory.create(at: path, configuration: try configuration.yaml())
        let run = FederatedRun(directory, components, server, average)
        try run.saveCheckpoint()
        return run
    }

    /// Takes up the run in the folder `path` after its last finished round.
    ///
    /// - Parameters:
    ///   - path: the folder of the run.
    ///   - changes: settings that the user names again; those that decide the weights must be as they were.
    /// - Throws: as `start`, and `RunDirectoryError.settingChanged`.
    public static func resume(_ path: String, changing changes: [(setting: Setting, text: String)] = []) throws -> FederatedRun {
        let directory = try RunDirectory.open(at: path)
        var configuration = RunConfiguration()
        let files = directory.files
        try configuration.override(fromYAMLFile: files.configurationPath)
        try configuration.apply(changes)
        guard let round = files.checkpointedRounds().last else { throw RunDirectoryError.noCheckpoint(path: path) }
        let folder = files.checkpointPath(round: round)
        let checkpoint = try RunCheckpoint(folder: folder, averageDecay: configuration.averageDecay)
        guard configuration.rounds >= round else {
            throw FederatedRunError.roundsBehind(path: path, done: round, requested: configuration.rounds)
        }
        guard var state = checkpoint.federation.serverState, state.completedRounds == round else {
            throw RunDirectoryError.damagedState(path: folder, reason: "federation.json does not belong to round \(round)")
        }
        state.moments = checkpoint.moments
        let components = try RunComponents(
            configuration, runID: checkpoint.federation.runID, resuming: checkpoint.model)
        let server = try components.makeServer(resuming: state)
        try directory.discard(after: round)
        try AtomicFile.write(try configuration.yaml(), to: files.configurationPath)
        return FederatedRun(directory, components, server, checkpoint.average)
    }

    /// The global model as a checkpoint.
    var globalModel: Checkpoint {
        Checkpoint(configuration: components.model.configuration, scheduler: components.scheduler, parameters: server.global)
    }

    /// The averaged model, which samples better, as a checkpoint.
    var averagedModel: Checkpoint {
        Checkpoint(configuration: components.model.configuration, scheduler: components.scheduler, parameters: average.parameters)
    }

    /// Writes the checkpoint of the last finished round and removes those that are no longer needed.
    func saveCheckpoint() throws {
        let federation = FederationState(server.state, runID: server.settings.runID)
        let checkpoint = RunCheckpoint(
            model: globalModel, average: average, moments: server.state.moments, federation: federation)
        try checkpoint.write(to: files.checkpointPath(round: completedRounds), seed: configuration.seed)
        try directory.pruneCheckpoints(keeping: configuration.keepCheckpoints)
        try directory.pruneResiduals()
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
