import Codec
import Energy

/// What a round would have cost under other schemes: the same devices, channels, time budget and trained updates, planned and really
/// encoded under each, without training again.
public struct SchemeComparison: Sendable {
    public let schemes: [Scheme]
    private let planner: RoundPlanner
    private var devices: [DeviceCosts] = []

    /// One device's update under every scheme, in `schemes`' order; nil where the scheme is infeasible for it.
    private struct DeviceCosts: Sendable {
        let device: Int
        let samples: Double
        let costs: [UpdateCost?]
    }

    /// - Parameters:
    ///   - schemes: those that are compared; the server's own comes first where it chooses bits for all devices together.
    ///   - server: whose rounds are compared.
    public init(_ schemes: [Scheme] = Scheme.compared, of server: FederatedServer) {
        if case .onDemandSystem = server.settings.scheme {
            self.schemes = [server.settings.scheme] + schemes
        } else {
            self.schemes = schemes
        }
        planner = server.planner
    }

    /// Plans and encodes one device's update under every scheme. Keeps what it costs, not the frames.
    public mutating func add(_ update: DeviceUpdate) {
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

    /// One row for each scheme, over the devices that are feasible under all of them.
    public var rows: [SchemeCost] {
        let common = devices.filter { $0.costs.allSatisfy { $0 != nil } }.sorted { $0.device < $1.device }
        let samples = common.reduce(0) { $0 + $1.samples }
        return schemes.indices.map { index in
            var row = SchemeCost(scheme: schemes[index], devicesInfeasible: devices.count { $0.costs[index] == nil })
            for device in common {
                guard let cost = device.costs[index] else { continue }
                row.add(cost, share: device.samples / samples)
            }
            return row
        }
    }
}

/// What one update costs under one scheme.
struct UpdateCost: Sendable {
    let bits: Int
    let bytes: Int
    let error: Double
    let energy: EnergyPlan
}

/// One scheme's round: totals over the devices that are feasible under every compared scheme.
public struct SchemeCost: Sendable, Equatable {
    public let scheme: Scheme
    /// Devices that could not have taken part under this scheme.
    public let devicesInfeasible: Int
    /// Devices that the totals are over.
    public private(set) var devices = 0
    public private(set) var uploadBytes = 0
    public private(set) var energyComputeJoules = 0.0
    public private(set) var energyCommunicationJoules = 0.0
    /// Expected squared error of the average, `sum p_k^2 D_k`.
    public private(set) var errorAbsolute = 0.0
    private var bitsTotal = 0

    public var energyTotalJoules: Double { energyComputeJoules + energyCommunicationJoules }
    /// Mean bits per parameter; 0 without devices.
    public var bitsMean: Double { devices == 0 ? 0 : Double(bitsTotal) / Double(devices) }

    init(scheme: Scheme, devicesInfeasible: Int) {
        self.scheme = scheme
        self.devicesInfeasible = devicesInfeasible
    }

    mutating func add(_ cost: UpdateCost, share: Double) {
        devices += 1
        uploadBytes += cost.bytes
        energyComputeJoules += cost.energy.energyComputeJoules
        energyCommunicationJoules += cost.energy.energyCommunicationJoules
        errorAbsolute += share * share * cost.error
        bitsTotal += cost.bits
    }
}
