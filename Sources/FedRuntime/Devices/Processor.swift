import Energy

/// A device's CPU: the range of its frequency, what it draws there, and what it computes in a cycle.
package struct Processor: Sendable, Equatable {
    /// Of a table, the cheapest row's cycles a second.
    package let frequencyMinHertz: Double
    /// Of a table, the fastest row's cycles a second.
    package let frequencyMaxHertz: Double
    package let power: ProcessorPower
    /// Floating-point operations that training sustains in one cycle, all cores together.
    package let flopsPerCycle: Double

    /// - Throws: the first field outside its physical range.
    package init(
        frequencyMinHertz: Double, frequencyMaxHertz: Double, power: ProcessorPower, flopsPerCycle: Double
    ) throws(EnergyInputError) {
        self.flopsPerCycle = try Self.flopsPerCycleRange.checked(flopsPerCycle)
        let work = try ComputeModel(
            power: power, frequencyMinHertz: frequencyMinHertz, frequencyMaxHertz: frequencyMaxHertz)
        self.frequencyMinHertz = work.frequencyMinHertz
        self.frequencyMaxHertz = work.frequencyMaxHertz
        self.power = work.power
    }

    /// `tau`, J*s^2/cycle^3; 0 of a table.
    package var energyCoefficient: Double { power.coefficient }

    package static let flopsPerCycleRange = PhysicalRange(
        "flops_per_cycle", unit: "", 1e-3...1e6, standard: DeviceProfile.paper.flopsPerCycle,
        wayOut: "a scalar core does 1 to 2, a 4-core CPU with AVX2 and FMA at most 128")

    /// The work of one round on this CPU [Lai23 eq. 3-4].
    func work(
        localIterations: Int, samplesPerIteration: Int, cyclesPerSample: Double
    ) throws(EnergyInputError) -> ComputeModel {
        try ComputeModel(
            localIterations: localIterations, samplesPerIteration: samplesPerIteration, cyclesPerSample: cyclesPerSample,
            power: power, frequencyMinHertz: frequencyMinHertz, frequencyMaxHertz: frequencyMaxHertz)
    }

    /// What a plan implies of the processor: operations for a joule of training.
    func flopsPerJoule(of plan: DevicePlan) -> Double? {
        plan.problem.compute.flopsPerJoule(plan.energy, flopsPerCycle: flopsPerCycle)
    }

    /// The same processor by the paper's law, which meets what it draws at its highest frequency; nil where that is its model.
    var byTheLaw: Processor? {
        let lowest: Double
        switch power {
        case .law: return nil
        case .smooth: lowest = frequencyMinHertz
        case .table(let points): lowest = points.rows[0].frequencyHertz
        }
        let joules = power.joulesPerCycle(frequencyHertz: frequencyMaxHertz)
        return try? Processor(
            frequencyMinHertz: min(lowest, frequencyMaxHertz), frequencyMaxHertz: frequencyMaxHertz,
            power: .law(coefficient: joules / (frequencyMaxHertz * frequencyMaxHertz)), flopsPerCycle: flopsPerCycle)
    }
}
