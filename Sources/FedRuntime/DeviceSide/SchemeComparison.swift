import Codec
import Energy
import Records

/// What a round would have cost under other schemes: the same devices, channels, time budget and trained updates, planned under each and
/// with the exact sizes of their frames, without training again.
package struct SchemeComparison {
    package let schemes: [Scheme]
    private let planner: RoundPlanner
    private var devices: [DeviceCosts] = []

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

    /// Plans one device's update under every scheme, and finds the exact size of its frame.
    ///
    /// - Parameter sent: what the device sends under the run's own scheme; nil where it cannot.
    package mutating func add(_ update: DeviceUpdate, sent: DeviceUpload?) {
        let costs = schemes.map { scheme in
            scheme == update.assignment.plan.scheme ? sent.map(UpdateCost.init) : cost(of: update, under: scheme)
        }
        let device = update.assignment.device
        devices.append(DeviceCosts(device: device.id, samples: Double(device.samples), costs: costs))
    }

    private func cost(of update: DeviceUpdate, under scheme: Scheme) -> UpdateCost? {
        let assignment = update.assignment
        let plan = try? planner.plan(
            assignment.device, fading: assignment.fading, forecast: assignment.forecast,
            timeBudgetSeconds: assignment.plan.problem.timeBudgetSeconds, scheme: scheme)
        return plan.flatMap { try? update.cost(plan: $0).get() }
    }

    /// One record for each scheme, over the devices that are feasible under all of them.
    package func records(round: Int) -> [SchemeRecord] {
        let common = devices.filter { $0.costs.allSatisfy { $0 != nil } }.sorted { $0.device < $1.device }
        let samples = common.reduce(0) { $0 + $1.samples }
        return schemes.indices.map { index in
            var record = SchemeRecord(round: round, scheme: schemes[index].name)
            record.devices = common.count
            record.devicesInfeasible = devices.count { $0.costs[index] == nil }
            record.devicesTrained = devices.count
            var bits = 0
            for device in common {
                guard let cost = device.costs[index] else { continue }
                let share = device.samples / samples
                bits += cost.bits
                record.uploadBytes += cost.bytes
                record.energyComputeJoules += cost.energy.energyComputeJoules
                record.energyCommunicationJoules += cost.energy.energyCommunicationJoules
                record.errorAbsolute += share * share * cost.expectedError
            }
            record.bitsMean = Double(bits) / Double(max(1, common.count))
            return record
        }
    }
}

extension UpdateCost {
    fileprivate init(_ sent: DeviceUpload) {
        self.init(bits: sent.bits, bytes: sent.frame.count, expectedError: sent.expectedError, energy: sent.energy)
    }
}
