import Codec
import Energy
import Records

/// What a round would have cost under other schemes: the same devices, channels, time budget and trained updates, planned under each and
/// with the exact sizes of their frames, without training again.
package struct SchemeComparison {
    package let schemes: [Scheme]
    private let planner: RoundPlanner
    /// What every device that has a plan takes to receive the global model.
    private let downlinkSeconds: Double
    private var devices: [DeviceCosts] = []

    /// One device's update under every scheme, in `schemes`' order; nil where the scheme is infeasible for it.
    private struct DeviceCosts {
        let device: FederatedDevice
        /// What training, sending and waiting have of the time budget.
        let availableSeconds: Double
        let costs: [UpdateCost?]
        /// The energies by the paper's law; nil where that is the device's model.
        let byTheLaw: [Double?]?
    }

    /// - Parameters:
    ///   - schemes: those that are compared; the server's own comes first where it chooses bits for all devices together.
    ///   - server: whose open round is compared.
    package init(_ schemes: [Scheme] = Scheme.compared, of server: FederatedServer) {
        if case .onDemandSystem = server.settings.scheme {
            self.schemes = [server.settings.scheme] + schemes
        } else {
            self.schemes = schemes
        }
        let bytes = server.open?.broadcast.bytes ?? 0
        planner = server.planner.receiving(bytes)
        downlinkSeconds = 8 * Double(bytes) / server.settings.ledger.downlinkBitsPerSecond
    }

    /// Plans one device's update under every scheme, and finds the exact size of its frame.
    ///
    /// - Parameter sent: what the device sends under the run's own scheme; nil where it cannot.
    package mutating func add(_ update: DeviceUpdate, sent: DeviceUpload?) {
        let own = update.assignment.plan
        var coded = CodedUpdate(update)
        if let sent { coded.note(UpdateCost(sent), of: own) }
        let costs = schemes.map { scheme in
            scheme == own.scheme
                ? sent.map(UpdateCost.init)
                : plan(update.assignment.device, update.assignment, under: scheme).flatMap { coded.cost(plan: $0) }
        }
        let byTheLaw = update.assignment.device.byTheLaw.map { device in
            schemes.map { scheme in
                plan(device, update.assignment, under: scheme).flatMap { coded.cost(plan: $0)?.energy.energyTotalJoules }
            }
        }
        devices.append(
            DeviceCosts(
                device: update.assignment.device, availableSeconds: own.problem.availableSeconds, costs: costs, byTheLaw: byTheLaw
            ))
    }

    private func plan(_ device: FederatedDevice, _ assignment: Assignment, under scheme: Scheme) -> DevicePlan? {
        try? planner.plan(
            device, fading: assignment.fading, forecast: assignment.forecast,
            timeBudgetSeconds: assignment.plan.problem.timeBudgetSeconds, scheme: scheme)
    }

    /// One record for each scheme, over the devices that are feasible under all of them.
    package func records(round: Int) -> [SchemeRecord] {
        let devices = devices.sorted { $0.device.id < $1.device.id }
        let common = devices.filter { $0.costs.allSatisfy { $0 != nil } }
        let samples = common.reduce(0) { $0 + Double($1.device.samples) }
        let hasModels = common.contains { $0.byTheLaw != nil }
        return schemes.indices.map { index in
            var record = SchemeRecord(round: round, scheme: schemes[index].name)
            let unserved = devices.filter { $0.costs[index] == nil }
            (record.devices, record.devicesTrained) = (common.count, devices.count)
            record.devicesInfeasible = unserved.count
            record.devicesUnserved = unserved.map { $0.device.name ?? "\($0.device.id)" }
            var (bits, download, idle, law): (Int, Double, Double, Double?) = (0, 0, 0, hasModels ? 0 : nil)
            for device in common {
                guard let cost = device.costs[index] else { continue }
                let share = Double(device.device.samples) / samples
                bits += cost.bits
                record.uploadBytes += cost.bytes
                record.energyComputeJoules += cost.energy.energyComputeJoules
                record.energyCommunicationJoules += cost.energy.energyCommunicationJoules
                record.errorAbsolute += share * share * cost.expectedError
                // A scheme that the law cannot serve has no figure by it.
                let lawJoules = device.byTheLaw.map { $0[index] } ?? cost.energy.energyTotalJoules
                law = law.flatMap { sum in lawJoules.map { sum + $0 } }
                download += device.device.receiverPowerWatts * downlinkSeconds
                idle += device.device.idlePowerWatts * max(0, device.availableSeconds - cost.energy.timeTotalSeconds)
            }
            (record.energyDownloadJoules, record.energyIdleJoules, record.energyLawJoules) = (download, idle, law)
            record.bitsMean = Double(bits) / Double(max(1, common.count))
            return record
        }
    }
}

/// An update that several plans code alike: each coding is sized once.
private struct CodedUpdate {
    private let update: DeviceUpdate
    private var costs: [Choice: UpdateCost] = [:]

    /// What a plan's coding depends on.
    private struct Choice: Hashable {
        let isOnDemand: Bool
        let bits: Int
    }

    init(_ update: DeviceUpdate) { self.update = update }

    mutating func note(_ cost: UpdateCost, of plan: DevicePlan) {
        guard let choice = Self.choice(plan) else { return }
        costs[choice] = cost
    }

    mutating func cost(plan: DevicePlan) -> UpdateCost? {
        if let known = Self.choice(plan).flatMap({ costs[$0] }), let energy = try? plan.resolvingEnergy(frameBytes: known.bytes) {
            return UpdateCost(bits: known.bits, bytes: known.bytes, expectedError: known.expectedError, energy: energy)
        }
        guard let cost = try? update.cost(plan: plan).get() else { return nil }
        note(cost, of: plan)
        return cost
    }

    /// nil where the coding follows from a budget, which the split changes.
    private static func choice(_ plan: DevicePlan) -> Choice? {
        guard !plan.scheme.isOnDemand || plan.demand.error != nil else { return nil }
        return Choice(isOnDemand: plan.scheme.isOnDemand, bits: plan.bits)
    }
}

extension UpdateCost {
    fileprivate init(_ sent: DeviceUpload) {
        self.init(bits: sent.bits, bytes: sent.frame.count, expectedError: sent.expectedError, energy: sent.energy)
    }
}
