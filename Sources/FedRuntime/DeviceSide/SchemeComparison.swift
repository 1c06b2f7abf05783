import Codec
import Energy
import Records

/// What a round would have cost under other schemes: the same devices, channels, time budget and trained updates, planned and really
/// encoded under each, without training again.
package struct SchemeComparison {
    package let schemes: [Scheme]
    private let planner: RoundPlanner
    private var devices: [DeviceCosts] = []

    /// What one update costs under one scheme.
    private struct UpdateCost {
        let bits: Int
        let bytes: Int
        let error: Double
        let energy: EnergyPlan
    }

    /// One device's update under every scheme, in `schemes`' order; nil where the scheme is infeasible for it.
    private struct DeviceCosts {
        let device: Int
        let samples: Double
        let costs: [UpdateCost?]
    }

    /// - Parameters:
    ///   - schemes: those that are compared; the server's own comes first where it chooses bits for all devices together.
    ///   - server: whose rounds are compared.
    package init(_ schemes: [Scheme] = Scheme.compared, of server: FederatedServer) {
        if case .onDemandSystem = server.settings.scheme {
            self.schemes = [server.settings.scheme] + schemes
        } else {
            self.schemes = schemes
        }
        planner = server.planner
    }

    /// Plans and encodes one device's update under every scheme. Keeps what it costs, not the frames.
    package mutating func add(_ update: DeviceUpdate) {
        let costs = schemes.map { cost(of: update, under: $0) }
        let device = update.assignment.device
        devices.append(DeviceCosts(device: device.id, samples: Double(device.samples), costs: costs))
    }

    private func cost(of update: DeviceUpdate, under scheme: Scheme) -> UpdateCost? {
        let assignment = update.assignment
        let planned =
            scheme == assignment.plan.scheme
            ? assignment.plan
            : try? planner.plan(
                assignment.device, fading: assignment.fading, forecast: assignment.forecast,
                timeBudgetSeconds: assignment.plan.problem.timeBudgetSeconds, scheme: scheme)
        guard let plan = planned, let upload = try? update.upload(plan: plan).get()
        else { return nil }
        return UpdateCost(
            bits: upload.bits, bytes: upload.frame.count, error: upload.expectedError, energy: upload.energy)
    }

    /// One record for each scheme, over the devices that are feasible under all of them.
    package func records(round: Int) -> [SchemeRecord] {
        let common = devices.filter { $0.costs.allSatisfy { $0 != nil } }.sorted { $0.device < $1.device }
        let samples = common.reduce(0) { $0 + $1.samples }
        return schemes.indices.map { index in
            var record = SchemeRecord(round: round, scheme: schemes[index].name)
            record.devices = common.count
            record.devicesInfeasible = devices.count { $0.costs[index] == nil }
            var bits = 0
            for device in common {
                guard let cost = device.costs[index] else { continue }
                let share = device.samples / samples
                bits += cost.bits
                record.uploadBytes += cost.bytes
                record.energyComputeJoules += cost.energy.energyComputeJoules
                record.energyCommunicationJoules += cost.energy.energyCommunicationJoules
                record.errorAbsolute += share * share * cost.error
            }
            record.bitsMean = Double(bits) / Double(max(1, common.count))
            return record
        }
    }
}
