import Codec
import FedRuntime
import Foundation
import Kernels
import Model

/// What a run would do and cost, without training: the plan of its first round, and expected time, energy, bytes, disk and memory.
public struct DryRun {
    /// A device's part in the first round.
    public struct Device: Sendable, Equatable {
        /// The device's number, from 0.
        public let id: Int
        /// What its folder or file calls it; nil where it has only its number.
        public let name: String?
        /// The name of its class.
        public let profile: String
        /// Images that it trains on.
        public let samples: Int
        /// Distance to the server.
        public let distanceMetres: Double
        /// nil where the device has no feasible plan.
        public let plan: DevicePlan?
        /// Why it has none.
        public let reason: String?
    }

    private let components: RunComponents
    /// What would train, on what, within which budget.
    public let overview: RunOverview
    /// Seconds that this machine needs for one optimiser step.
    public let secondsPerStep: Double
    /// The devices selected for the first round.
    public let devices: [Device]
    /// Why no device has a plan; nil where one has.
    public let emptyRound: EmptyRound?
    /// Bytes of memory that the run takes at its peak, about; nil where the system does not tell what this process has.
    public let peakMemoryBytes: Int?
    /// Bytes of memory that the process may have here; nil where the system does not tell.
    public let availableMemoryBytes: Int?

    /// Prepares the run as `FederatedRun.start` does, writing nothing.
    ///
    /// - Throws: as `FederatedRun.start`; `FederatedRunError.memory` where not even a step fits into memory.
    public init(_ configuration: RunConfiguration) throws {
        components = try RunComponents(configuration.resolved())
        let memory = components.memory()
        availableMemoryBytes = ProcessMemory.available
        if let availableMemoryBytes, memory.peak(frameBytes: 0) > availableMemoryBytes {
            throw FederatedRunError.memory(
                needed: memory.peak(frameBytes: 0), available: availableMemoryBytes,
                batchSize: components.configuration.batchSize)
        }
        let server = try components.makeServer()
        let start = ProcessInfo.processInfo.systemUptime
        let flopsPerSample = try components.measureFLOPsPerSample()
        secondsPerStep = ProcessInfo.processInfo.systemUptime - start
        // The program itself, its images and the kernels' scratch memory.
        let besideArrays = ProcessMemory.resident.map { max(0, $0 - memory.afterWarmUp) }
        overview = components.overview(flopsPerSample: flopsPerSample, timeBudgetSeconds: server.state.timeBudgetSeconds)
        let assignments = Dictionary(uniqueKeysWithValues: try server.begin().map { ($0.device.id, $0) })
        let known = Dictionary(uniqueKeysWithValues: components.devices.map { ($0.id, $0) })
        let finished = try server.finish()
        let frameBytes = assignments.values.map { Int($0.plan.problem.payloadBits / 8) }.max() ?? 0
        peakMemoryBytes = besideArrays.map { $0 + memory.peak(frameBytes: frameBytes) }
        downloadBytes = finished.record.downloadBytes
        emptyRound = assignments.isEmpty ? EmptyRound(finished.devices) : nil
        devices = finished.devices.compactMap { record in
            known[record.device].map { device in
                Device(
                    id: device.id, name: device.name, profile: device.profile, samples: device.samples,
                    distanceMetres: device.radio.distanceMetres,
                    plan: assignments[device.id]?.plan, reason: record.status == .infeasible ? record.reason : nil)
            }
        }
    }

    private var plans: [DevicePlan] { devices.compactMap(\.plan) }

    /// Modelled energy of the first round.
    public var energyJoules: Double { plans.reduce(0) { $0 + $1.energy.energyTotalJoules } }

    /// The part of `energyJoules` that computes; the rest is the radio's.
    public var energyComputeJoules: Double { plans.reduce(0) { $0 + $1.energy.energyComputeJoules } }

    /// Bytes that the devices send in the first round.
    public var uploadBytes: Int { plans.reduce(0) { $0 + Int($1.problem.payloadBits / 8) } }

    /// Bytes of the global model, sent to every device that trains.
    public let downloadBytes: Int

    /// Seconds that all rounds take on this machine, training alone.
    public var wallSeconds: Double {
        secondsPerStep * Double(plans.count * components.configuration.localIterations * components.configuration.rounds)
    }

    /// Bytes that the run directory will hold: the kept checkpoints and one being written, with averaged weights and the server's moments;
    /// the final model; under error feedback every device's residual, and for each checkpoint those of its round's devices.
    public var diskBytes: Int {
        let models = 2 + components.settings.aggregation.optimizer.momentCount
        let residuals =
            components.configuration.errorFeedback > 0 ? components.devices.count + components.settings.devicesPerRound : 0
        return modelBytes * (models * (components.configuration.keepCheckpoints + 1) + 1 + residuals)
    }

    private var modelBytes: Int { components.model.layout.parameterCount * MemoryLayout<Float>.stride }
}
