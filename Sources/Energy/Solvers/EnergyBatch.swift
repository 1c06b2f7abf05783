/// Many devices' energy problems, kept eight side by side for the fast solver.
public struct EnergyBatch: Sendable {
    /// Number of devices.
    public private(set) var count = 0
    private var blocks: [ProblemLanes] = []
    /// Devices beyond the paper's law and radio, by position; their lanes are not used.
    private var others: [(index: Int, problem: DeviceEnergyProblem)] = []

    /// An empty batch.
    public init() {}

    /// The given problems, in their order.
    public init(_ problems: some Sequence<DeviceEnergyProblem>) {
        for problem in problems { append(problem) }
    }

    /// Adds a device at the end.
    public mutating func append(_ problem: DeviceEnergyProblem) {
        if count % Lanes.scalarCount == 0 { blocks.append(ProblemLanes(repeating: problem)) }
        blocks[blocks.count - 1].set(problem, lane: count % Lanes.scalarCount)
        if !problem.isPlain { others.append((count, problem)) }
        count += 1
    }

    /// The plans of least energy of all devices, in order.
    public func solve(equations: EnergyEquations = .corrected) -> EnergyBatchPlans {
        if others.count == count {
            return EnergyBatchPlans(plans: others.map { EnergySolver.fast.solve($0.problem, equations: equations).plan })
        }
        return EnergyBatchPlans(
            count: count, blocks: blocks.map { $0.solve(equations: equations) },
            others: Dictionary(
                uniqueKeysWithValues: others.map { ($0.index, EnergySolver.fast.solve($0.problem, equations: equations).plan) }))
    }
}

/// Plans of a batch, in its order.
public struct EnergyBatchPlans: Sendable {
    /// Number of devices of the batch, feasible or not.
    public let count: Int
    private let blocks: [PlanLanes]
    private let others: [Int: EnergyPlan?]
    /// Of all devices, where none is in `blocks`; else empty.
    private let plans: [EnergyPlan?]

    init(count: Int, blocks: [PlanLanes], others: [Int: EnergyPlan?]) {
        (self.count, self.blocks, self.others, plans) = (count, blocks, others, [])
    }

    init(plans: [EnergyPlan?]) {
        (count, blocks, others, self.plans) = (plans.count, [], [:], plans)
    }

    /// The plan of device `index` (inside the batch: precondition); nil where it is infeasible.
    /// `EnergySolver.fast` tells the reason.
    public subscript(index: Int) -> EnergyPlan? {
        precondition(index >= 0 && index < count, "device \(index) of \(count)")
        if blocks.isEmpty { return plans[index] }
        if let plan = others[index] { return plan }
        return blocks[index / Lanes.scalarCount].plan(lane: index % Lanes.scalarCount)
    }
}
