import Codec
import FedRuntime
import Foundation
import Kernels
import Model

/// What `checkpoints/round-NNNNN` holds: all that a run needs to go on.
///
/// The global model as a checkpoint that diffusers opens, its average in `training_state.safetensors` with counters in
/// `state.json`, and the server's memory in `federation.json`.
struct RunCheckpoint {
    let model: Checkpoint
    let average: ExponentialMovingAverage
    let federation: FederationState

    /// Writes the folder, whole or not at all.
    func write(to folder: String, seed: UInt64) throws {
        let layout = model.configuration.parameterLayout
        let state = TrainingState(
            buffers: ["average": average.parameters],
            counters: [
                "round": federation.completedRounds, "average_steps": average.steps, "seed": Int(bitPattern: UInt(seed)),
            ])
        try AtomicFiles.replaceDirectory(folder) { temporary in
            try model.write(to: temporary)
            try state.write(to: temporary, layout: layout)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try AtomicFiles.write(try encoder.encode(federation), to: "\(temporary)/\(Self.federationName)")
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
        do {
            let contents = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(Self.federationName)"))
            federation = try JSONDecoder().decode(FederationState.self, from: contents)
        } catch {
            throw RunDirectoryError.damagedState(path: folder, reason: "\(Self.federationName) cannot be read")
        }
    }

    init(model: Checkpoint, average: ExponentialMovingAverage, federation: FederationState) {
        (self.model, self.average, self.federation) = (model, average, federation)
    }

    private static let federationName = "federation.json"
}
