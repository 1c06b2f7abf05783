import Energy

/// A device as a device file describes it: its name there, and its energy problem.
package struct PlannedDevice: Sendable, Equatable {
    /// As written in the file; the device's position where it has none.
    package let id: DeviceIdentifier
    package let problem: DeviceEnergyProblem
    /// Parameters of the model it sends; nil where the file gives the payload in bits.
    package let parameterCount: Double?
    /// What the device draws while it waits, W: the plan's other powers are above it.
    package let idlePowerWatts: Double
    /// Operations that training does in a cycle, where the file or its profile says so.
    package let flopsPerCycle: Double?

    init(
        id: DeviceIdentifier, problem: DeviceEnergyProblem, parameterCount: Double?, idlePowerWatts: Double = 0,
        flopsPerCycle: Double? = nil
    ) {
        (self.id, self.problem, self.parameterCount) = (id, problem, parameterCount)
        (self.idlePowerWatts, self.flopsPerCycle) = (idlePowerWatts, flopsPerCycle)
    }
}

/// A device's name: a text or a whole number, kept as it was written.
package enum DeviceIdentifier: Sendable, Hashable, CustomStringConvertible {
    case text(String)
    case number(Int)

    package var description: String {
        switch self {
        case .text(let text): text
        case .number(let number): "\(number)"
        }
    }
}
