import FedRuntime
import Foundation
import Kernels
import Model
import Storage

/// One device of a run whose server is elsewhere: its images, and a model to train on them.
///
/// What it answers is, byte for byte, what the same device answers inside `FederatedRun.train`.
package final class RunDevice {
    private let components: RunComponents
    private let device: Int
    private let folder: String?
    private var local: LocalDevices<DiffusionTrainer>

    /// - Parameters:
    ///   - configuration: the run's; with partition `own`, but for `data`, the device's images.
    ///   - device: which of the run's devices this is.
    ///   - folder: keeps, run by run, what quantization left out; for runs with error feedback alone.
    ///   - onStep: called after each training step with the number of images in it.
    /// - Throws: as `FederatedRun.start`; `ConfigurationError` for a device that the run does not have, or error feedback without a folder.
    package init(
        _ configuration: RunConfiguration, device: Int, folder: String? = nil,
        onStep: @escaping (_ images: Int) -> Void = { _ in }
    ) throws {
        var configuration = configuration
        // Distances are the server's.
        (configuration.features, configuration.distanceImages) = (nil, nil)
        configuration = try configuration.resolved()
        guard configuration.errorFeedback == 0 || folder != nil else {
            throw ConfigurationError(
                Setting.errorFeedback.name, "\(configuration.errorFeedback)",
                "needs a folder on the device, which keeps what quantization left out", wayOut: "name one, or leave it out")
        }
        components = try RunComponents(configuration, site: .device(device))
        guard components.devices.indices.contains(device) else {
            throw ConfigurationError(
                "device", "\(device)", "is none of the run's \(components.devices.count) devices",
                wayOut: "use 0 to \(components.devices.count - 1)")
        }
        (self.device, self.folder) = (device, folder)
        local = LocalDevices(
            trainer: components.makeTrainer(onStep: onStep), layout: components.model.layout, threads: components.threads)
    }

    /// Images that the device trains on.
    package var imageCount: Int { components.images.counts[device] }

    /// Trains as the server asks, from the weights that it sent.
    ///
    /// A device whose training diverges drops out of the round with the reason.
    ///
    /// - Parameter acceptedRound: the round of the device's last accepted frame, if it has one.
    /// - Throws: `ConfigurationError` for an assignment of another device, other weights than it names, or images of another number;
    ///   `FileError` for what was kept of the rounds before.
    package func answer(_ assignment: Assignment, acceptedRound: Int? = nil, global: Tensor) throws -> DeviceAnswer {
        try check(assignment, global)
        let answer: DeviceAnswer
        do {
            local.feedback = try feedback(run: assignment.binding.runID, acceptedRound: acceptedRound)
            answer = try local.answer(assignment, global: global)
        } catch let error as DivergenceError {
            return .dropped("\(error)")
        }
        try local.keepResidual(of: answer, to: assignment)
        return answer
    }

    /// What the accepted frame left out; what others did, which the server never took, is forgotten.
    private func feedback(run: UInt64, acceptedRound: Int?) throws -> ErrorFeedback? {
        guard let folder, components.configuration.errorFeedback > 0 else { return nil }
        let files = RunFiles(path: "\(folder)/\(String(run, radix: 16))")
        for round in files.residualRounds(device: device) where round != acceptedRound {
            try Folder.remove(files.residualPath(device: device, round: round))
        }
        let (layout, threads) = (components.model.layout, components.threads)
        return ErrorFeedback(
            ResidualFiles(files: files, runID: run, layout: layout, threads: threads),
            roundsAtMost: components.configuration.errorFeedback, layout: layout)
    }

    private func check(_ assignment: Assignment, _ global: Tensor) throws(ConfigurationError) {
        guard assignment.device.id == device else {
            throw ConfigurationError(
                "assignment", "\(assignment.device.id)", "is for another device than \(device)", wayOut: "send it there")
        }
        guard global.count == components.model.layout.parameterCount else {
            throw ConfigurationError(
                "global model", "\(global.count) values", "does not fit the model of \(components.model.layout.parameterCount)",
                wayOut: "give all sides of the run one configuration")
        }
        guard assignment.binding.baseModel == .init(of: global) else {
            throw ConfigurationError(
                "global model", "", "is not the one that the assignment names", wayOut: "send both in one message")
        }
        guard assignment.device.samples == imageCount else {
            throw ConfigurationError(
                "samples", "\(assignment.device.samples)", "is not the number of the device's images (\(imageCount))",
                wayOut: "give all sides of the run one configuration, and a device the images that it began with")
        }
    }
}
