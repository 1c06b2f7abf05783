import Codec
import FedRuntime
import Foundation
import Kernels
import Model
import Storage

/// What `checkpoints/round-NNNNN` holds: all that a run needs to go on.
///
/// The global model as a checkpoint that diffusers opens, its average and the server optimiser's moments in
/// `training_state.safetensors` with counters in `state.json`, and the server's memory in `federation.json`.
struct RunCheckpoint {
    let model: Checkpoint
    let average: ExponentialMovingAverage
    /// Those of the server optimiser; empty where it keeps none.
    let moments: ServerMoments
    let federation: FederationState

    /// Writes the folder, whole or not at all.
    func write(to folder: String, seed: UInt64) throws {
        let layout = model.configuration.parameterLayout
        var buffers = ["average": average.parameters]
        for (name, values) in [(Self.firstName, moments.first), (Self.secondName, moments.second)] where !values.isEmpty {
            buffers[name] = Tensor(shape: [values.count], values: values)
        }
        let state = TrainingState(
            buffers: buffers,
            counters: [
                "round": federation.completedRounds, "average_steps": average.steps, "seed": Int(bitPattern: UInt(seed)),
            ])
        try Folder.replace(folder) { temporary in
            try model.write(to: temporary)
            try state.write(to: temporary, layout: layout)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try AtomicFile.write([UInt8](try encoder.encode(federation)), to: "\(temporary)/\(Self.federationName)")
        }
    }

    /// Reads what `write` wrote.
    ///
    /// - Throws: `CheckpointError` or `RunDirectoryError.damagedState` that names the file.
    init(folder: String, averageDecay: Double) throws {
        model = try Checkpoint(directory: folder)
        let state = try TrainingState(directory: folder, layout: model.configuration.parameterLayout)
        guard let parameters = state.buffers["average"], let steps = state.counters["average_steps"], steps >= 0 else {
            throw RunDirectoryError.damagedState(path: folder, reason: "the averaged weights are missing")
        }
        average = ExponentialMovingAverage(of: parameters, decay: averageDecay, steps: steps)
        moments = ServerMoments(
            first: state.buffers[Self.firstName]?.values ?? [], second: state.buffers[Self.secondName]?.values ?? [])
        do {
            let contents = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(Self.federationName)"))
            federation = try JSONDecoder().decode(FederationState.self, from: contents)
        } catch {
            throw RunDirectoryError.damagedState(path: folder, reason: "\(Self.federationName) cannot be read")
        }
    }

    init(model: Checkpoint, average: ExponentialMovingAverage, moments: ServerMoments, federation: FederationState) {
        (self.model, self.average, self.moments, self.federation) = (model, average, moments, federation)
    }

    private static let firstName = "server_first_moment"
    private static let secondName = "server_second_moment"

    private static let federationName = "federation.json"
}
