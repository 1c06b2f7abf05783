/// Many devices' energy problems, kept eight side by side for the fast solver.
public struct EnergyBatch: Sendable {
    /// Number of devices.
    public private(set) var count = 0
    private var blocks: [ProblemLanes] = []

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
        count += 1
    }

    /// The plans of least energy of all devices, in order.
    public func solve(equations: EnergyEquations = .corrected) -> EnergyBatchPlans {
        EnergyBatchPlans(count: count, blocks: blocks.map { $0.solve(equations: equations) })
    }
}

/// Plans of a batch, in its order.
public struct EnergyBatchPlans: Sendable {
    /// Number of devices of the batch, feasible or not.
    public let count: Int
    private let blocks: [PlanLanes]

    init(count: Int, blocks: [PlanLanes]) {
        self.count = count
        self.blocks = blocks
    }

    /// The plan of device `index` (inside the batch: precondition); nil where it is infeasible.
    /// `EnergySolver.fast` tells the reason.
    public subscript(index: Int) -> EnergyPlan? {
        precondition(index >= 0 && index < count, "device \(index) of \(count)")
        return blocks[index / Lanes.scalarCount].plan(lane: index % Lanes.scalarCount)
    }
}
