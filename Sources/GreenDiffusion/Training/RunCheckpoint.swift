import Codec
import FedRuntime
import Foundation
import Kernels
import Model
import Storage

/// What `checkpoints/round-NNNNN` holds besides its manifest: all that a run needs to go on.
///
/// The global model as a checkpoint that diffusers opens, its average and the server optimiser's moments in
/// `training_state.safetensors` with counters in `state.json`, and the server's memory in `federation.json`.
struct RunCheckpoint {
    let model: Checkpoint
    let average: ExponentialMovingAverage
    let state: ServerState
    /// Binds frames to the run.
    let runID: UInt64

    init(model: Checkpoint, average: ExponentialMovingAverage, state: ServerState, runID: UInt64) {
        (self.model, self.average, self.state, self.runID) = (model, average, state, runID)
    }

    /// Writes the files into `folder`, which exists.
    func write(into folder: String, seed: UInt64) throws {
        let layout = model.configuration.parameterLayout
        var buffers = ["average": average.parameters]
        for (name, values) in [(Self.firstName, state.moments.first), (Self.secondName, state.moments.second)]
        where !values.isEmpty {
            buffers[name] = Tensor(shape: [values.count], values: values)
        }
        let counters = [
            "round": state.completedRounds, "average_steps": average.steps, "seed": Int(bitPattern: UInt(seed)),
        ]
        try model.write(to: folder)
        try TrainingState(buffers: buffers, counters: counters).write(to: folder, layout: layout)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let federation = try encoder.encode(FederationState(state, runID: runID))
        try AtomicFile.write([UInt8](federation), to: "\(folder)/\(Self.federationName)")
    }

    /// Reads what `write` wrote.
    ///
    /// - Throws: the file that cannot be used.
    init(folder: String, round: Int, averageDecay: Double) throws(CheckpointDamage) {
        let training: TrainingState
        do throws(CheckpointError) {
            model = try Checkpoint(directory: folder)
            training = try TrainingState(directory: folder, layout: model.configuration.parameterLayout)
        } catch { throw CheckpointDamage(folder, "\(error)") }
        guard let parameters = training.buffers["average"], let steps = training.counters["average_steps"],
            ExponentialMovingAverage.possibleSteps.contains(steps)
        else { throw CheckpointDamage(folder, "its average, or average_steps, is not there") }
        average = ExponentialMovingAverage(of: parameters, decay: averageDecay, steps: steps)
        let path = "\(folder)/\(Self.federationName)"
        guard let contents = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
            throw CheckpointDamage(path, "it is missing")
        }
        guard let federation = try? JSONDecoder().decode(FederationState.self, from: contents),
            var state = federation.serverState, state.completedRounds == round
        else { throw CheckpointDamage(path, "it is not the server's memory after round \(round)") }
        state.moments = ServerMoments(
            first: training.buffers[Self.firstName]?.values ?? [], second: training.buffers[Self.secondName]?.values ?? [])
        (self.state, runID) = (state, federation.runID)
    }

    private static let firstName = "server_first_moment"
    private static let secondName = "server_second_moment"
    private static let federationName = "federation.json"
}
