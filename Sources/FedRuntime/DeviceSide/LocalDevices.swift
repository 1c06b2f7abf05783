import Codec
import Kernels

/// The devices of a run inside this process: one after another, each trains on the same workspace and answers the server.
package struct LocalDevices<Trainer: LocalTrainer> {
    package var trainer: Trainer
    /// nil where devices forget what quantization left out.
    package var feedback: ErrorFeedback?
    private let workspace: Tensor

    /// - Parameters:
    ///   - layout: of the model; one copy of its parameters is held for the trained weights.
    ///   - feedback: for runs that send changes (precondition when a device answers).
    package init(trainer: Trainer, layout: ParameterLayout, feedback: ErrorFeedback? = nil) {
        self.trainer = trainer
        self.feedback = feedback
        workspace = Tensor(shape: [layout.parameterCount])
    }

    /// Trains the assignment's device, quantizes its update and sends the frame, or says why it sends none.
    ///
    /// A device whose weights are not finite drops out with the reason; the round goes on.
    ///
    /// - Parameter observe: called with the update while it exists and what is to be sent of it, if it can be: `SchemeComparison.add` for
    ///   one.
    /// - Throws: what the trainer or the store of residuals throws.
    package mutating func answer(
        _ assignment: Assignment, to server: FederatedServer, observe: (DeviceUpdate, DeviceUpload?) -> Void = { _, _ in }
    ) throws {
        let device = assignment.device.id
        var training = try trainer.train(from: server.broadcast, assignment: assignment, into: workspace)
        let residual = try feedback?.residual(for: assignment)
        training.feedbackRound = residual?.round
        let accepted: DeviceUpload
        do throws(CodecError) {
            let update = try DeviceUpdate(
                assignment, trained: workspace, global: server.broadcast, residual: residual?.values, layout: server.layout,
                threads: server.threads)
            let upload: Result<DeviceUpload, Infeasibility>
            do throws(CodecError) { upload = try update.upload() } catch {
                observe(update, nil)
                throw error
            }
            observe(update, try? upload.get())
            switch upload {
            case .success(let upload):
                // A refused frame stays with the server: its record of the device gives the reason.
                guard (try? server.receive(upload.frame, from: device, training: training)) != nil else { return }
                accepted = upload
            case .failure(let failure):
                try? server.close(
                    device: device, as: .infeasible, reason: failure.reason, training: training,
                    timeNeededSeconds: failure.timeNeededSeconds)
                return
            }
        } catch {
            try? server.close(device: device, as: .dropped, reason: "\(error)", training: training)
            return
        }
        let sent = workspace
        try feedback?.keep(sent, leftOutOf: accepted.frame, assignment: assignment, threads: server.threads)
    }
}
