import Energy

/// The time budget that devices are planned for.
package enum PlanTimeBudget: Sendable, Equatable {
    /// Each device's own.
    case asGiven
    case seconds(Double)
    /// 1.5 times the smallest at which every device is feasible.
    case automatic
}

extension PlannedDevice {
    /// The device with another time budget; its own where `seconds` is nil.
    ///
    /// - Throws: seconds outside the accepted range.
    func with(timeBudgetSeconds seconds: Double?) throws(EnergyInputError) -> PlannedDevice {
        guard let seconds else { return self }
        return PlannedDevice(
            id: id, problem: try problem.with(timeBudgetSeconds: seconds), parameterCount: parameterCount,
            idlePowerWatts: idlePowerWatts, flopsPerCycle: flopsPerCycle)
    }
}
