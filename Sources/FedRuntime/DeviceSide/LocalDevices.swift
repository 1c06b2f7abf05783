import Codec
import Kernels

/// Devices inside this process, all of a run or one of them: one after another, each trains on the same workspace and answers the server.
package struct LocalDevices<Trainer: LocalTrainer> {
    package var trainer: Trainer
    /// nil where devices forget what quantization left out.
    package var feedback: ErrorFeedback?
    private let layout: ParameterLayout
    private let threads: Int
    private let workspace: Tensor

    /// - Parameters:
    ///   - layout: of the model; one copy of its parameters is held for the trained weights.
    ///   - feedback: for runs that send changes (precondition when a device answers).
    package init(trainer: Trainer, layout: ParameterLayout, feedback: ErrorFeedback? = nil, threads: Int = 1) {
        (self.trainer, self.feedback, self.layout, self.threads) = (trainer, feedback, layout, threads)
        workspace = Tensor(shape: [layout.parameterCount])
    }

    /// Trains the assignment's device, quantizes its update and makes the frame, or says why it sends none.
    ///
    /// A device whose weights are not finite drops out with the reason; the round goes on.
    ///
    /// - Parameters:
    ///   - global: the weights that the server sent.
    ///   - observe: called with the update while it exists and what is to be sent of it, if it can be: `SchemeComparison.add` for one.
    /// - Throws: what the trainer or the store of residuals throws.
    package mutating func answer(
        _ assignment: Assignment, global: Tensor, observe: (DeviceUpdate, DeviceUpload?) -> Void = { _, _ in }
    ) throws -> DeviceAnswer {
        var training = try trainer.train(from: global, assignment: assignment, into: workspace)
        let residual = try feedback?.residual(for: assignment)
        training.feedbackRound = residual?.round
        do throws(CodecError) {
            let update = try DeviceUpdate(
                assignment, trained: workspace, global: global, residual: residual?.values, layout: layout, threads: threads)
            let upload: Result<DeviceUpload, Infeasibility>
            do throws(CodecError) { upload = try update.upload() } catch {
                observe(update, nil)
                throw error
            }
            observe(update, try? upload.get())
            switch upload {
            case .success(let upload): return .sent(upload.frame, training)
            case .failure(let cause): return .infeasible(cause, training)
            }
        } catch { return .dropped("\(error)", training) }
    }

    /// Keeps what the frame of the last answer left out: it was accepted.
    ///
    /// - Throws: what the store of residuals throws.
    package mutating func keepResidual(of answer: DeviceAnswer, to assignment: Assignment) throws {
        guard let frame = answer.frame else { return }
        let (sent, threads) = (workspace, threads)
        try feedback?.keep(sent, leftOutOf: frame, assignment: assignment, threads: threads)
    }

    /// Answers a server in this process. A refused frame stays with the server: its record of the device gives the reason.
    ///
    /// - Throws: as `answer`.
    package mutating func answer(
        _ assignment: Assignment, to server: FederatedServer, observe: (DeviceUpdate, DeviceUpload?) -> Void = { _, _ in }
    ) throws {
        let answer = try answer(assignment, global: server.broadcast, observe: observe)
        guard (try? server.take(answer, from: assignment.device.id)) != nil else { return }
        try keepResidual(of: answer, to: assignment)
    }
}
