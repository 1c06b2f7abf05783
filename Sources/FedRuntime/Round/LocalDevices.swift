import Codec
import Kernels

/// The devices of a run inside this process: one after another, each trains on the same workspace and answers the server.
public struct LocalDevices<Trainer: LocalTrainer> {
    public var trainer: Trainer
    private let workspace: Tensor

    /// - Parameter layout: of the model; one copy of its parameters is held for the trained weights.
    public init(trainer: Trainer, layout: ParameterLayout) {
        self.trainer = trainer
        workspace = Tensor(shape: [layout.parameterCount])
    }

    /// Trains the assignment's device, quantizes its update and sends the frame, or says why it sends none.
    ///
    /// A device whose weights are not finite drops out with the reason; the round goes on.
    ///
    /// - Parameter observe: called with the update while it exists, before it is sent: `SchemeComparison.add` for one.
    /// - Throws: what the trainer throws.
    public mutating func answer(
        _ assignment: Assignment, to server: FederatedServer, observe: (DeviceUpdate) -> Void = { _ in }
    ) throws(Trainer.Failure) {
        let device = assignment.device.id
        let training = try trainer.train(from: server.global, assignment: assignment, into: workspace)
        do throws(CodecError) {
            let update = try DeviceUpdate(
                assignment, trained: workspace, global: server.global, layout: server.layout, threads: server.threads)
            observe(update)
            switch try update.upload() {
            case .success(let upload):
                // A refused frame stays with the server: its record of the device gives the reason.
                try? server.receive(upload.frame, from: device, training: training)
            case .failure(let failure):
                try? server.close(device: device, as: .infeasible, reason: failure.reason, training: training)
            }
        } catch {
            try? server.close(device: device, as: .dropped, reason: "\(error)", training: training)
        }
    }
}
