import FedRuntime
import Foundation
import Kernels
import Model

/// One device of a run whose server is elsewhere: its images, and a model to train on them.
///
/// What it answers is, byte for byte, what the same device answers inside `FederatedRun.train`.
package final class RunDevice {
    private let components: RunComponents
    private let device: Int
    private var local: LocalDevices<DiffusionTrainer>

    /// - Parameters:
    ///   - configuration: the run's.
    ///   - device: which of the run's devices this is.
    ///   - onStep: called after each training step with the number of images in it.
    /// - Throws: as `FederatedRun.start`; `ConfigurationError` for a device that the run does not have, or error feedback.
    package init(
        _ configuration: RunConfiguration, device: Int, onStep: @escaping (_ images: Int) -> Void = { _ in }
    ) throws {
        let configuration = try configuration.resolved()
        guard configuration.errorFeedback == 0 else {
            throw ConfigurationError(
                Setting.errorFeedback.name, "\(configuration.errorFeedback)", "is not there for devices on other machines",
                wayOut: "leave it out")
        }
        components = try RunComponents(configuration)
        guard components.devices.indices.contains(device) else {
            throw ConfigurationError(
                "device", "\(device)", "is none of the run's \(components.devices.count) devices",
                wayOut: "use 0 to \(components.devices.count - 1)")
        }
        self.device = device
        local = LocalDevices(
            trainer: components.makeTrainer(onStep: onStep), layout: components.model.layout, threads: components.threads)
    }

    /// Trains as the server asks, from the weights that it sent.
    ///
    /// A device whose training diverges drops out of the round with the reason.
    ///
    /// - Throws: `ConfigurationError` for an assignment of another device, other weights than it names, or images of another number.
    package func answer(_ assignment: Assignment, global: Tensor) throws -> DeviceAnswer {
        try check(assignment, global)
        do {
            return try local.answer(assignment, global: global)
        } catch let error as DivergenceError {
            return .dropped("\(error)")
        }
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
        let images = components.images.shards[device].count
        guard assignment.device.samples == images else {
            throw ConfigurationError(
                "samples", "\(assignment.device.samples)", "is not the number of the device's images (\(images))",
                wayOut: "give all sides of the run one configuration")
        }
    }
}
