/// What local training costs a device: CPU cycles, and time and energy at a frequency [Lai23 eq. 3-4].
public struct ComputeModel: Sendable, Equatable {
    /// `I`: local iterations a round.
    public let localIterations: Int
    /// `D`: samples in one local iteration.
    public let samplesPerIteration: Int
    /// `C`: CPU cycles a sample.
    public let cyclesPerSample: Double
    /// What the processor draws by its frequency.
    public let power: ProcessorPower
    /// Lowest CPU frequency: an average over the training, so a CPU that pauses counts as slower. Of a table, the slowest row's cycles a
    /// second.
    public let frequencyMinHertz: Double
    /// Highest CPU frequency; of a table, the fastest row's cycles a second.
    public let frequencyMaxHertz: Double

    /// A processor of the paper's law, the paper's device unless told otherwise.
    ///
    /// - Throws: the first field outside its physical range, or `frequency_min_hz` above `frequency_max_hz`.
    public init(
        localIterations: Int = PaperDevice.localIterations, samplesPerIteration: Int = PaperDevice.samplesPerIteration,
        cyclesPerSample: Double = PaperDevice.cyclesPerSample, energyCoefficient: Double = PaperDevice.energyCoefficient,
        frequencyMinHertz: Double = PaperDevice.frequencyMinHertz, frequencyMaxHertz: Double = PaperDevice.frequencyMaxHertz
    ) throws(EnergyInputError) {
        try self.init(
            localIterations: localIterations, samplesPerIteration: samplesPerIteration, cyclesPerSample: cyclesPerSample,
            power: .law(coefficient: energyCoefficient), frequencyMinHertz: frequencyMinHertz,
            frequencyMaxHertz: frequencyMaxHertz)
    }

    /// A processor of any power; the frequencies of a table are its own.
    ///
    /// - Throws: the first field outside its physical range, or `frequency_min_hz` above `frequency_max_hz`.
    public init(
        localIterations: Int = PaperDevice.localIterations, samplesPerIteration: Int = PaperDevice.samplesPerIteration,
        cyclesPerSample: Double = PaperDevice.cyclesPerSample, power: ProcessorPower,
        frequencyMinHertz: Double = PaperDevice.frequencyMinHertz, frequencyMaxHertz: Double = PaperDevice.frequencyMaxHertz
    ) throws(EnergyInputError) {
        _ = try Self.iterationsRange.checked(Double(localIterations))
        _ = try Self.samplesRange.checked(Double(samplesPerIteration))
        self.localIterations = localIterations
        self.samplesPerIteration = samplesPerIteration
        self.cyclesPerSample = try Self.cyclesRange.checked(cyclesPerSample)
        self.power = try power.checked()
        if case .table(let points) = power {
            (self.frequencyMinHertz, self.frequencyMaxHertz) = (points.slowestCyclesPerSecond, points.highestCyclesPerSecond)
            return
        }
        self.frequencyMaxHertz = try Self.frequencyMaxRange.checked(frequencyMaxHertz)
        self.frequencyMinHertz = try Self.frequencyMinRange.checked(frequencyMinHertz, atMost: frequencyMaxHertz)
    }

    /// `tau`, J*s^2/cycle^3; 0 of a table.
    public var energyCoefficient: Double { power.coefficient }

    /// `W = I*D*C`: cycles of one round.
    public var workCycles: Double { Double(localIterations) * Double(samplesPerIteration) * cyclesPerSample }

    /// `Tcmp = W/f` [Lai23 eq. 3]. `frequencyHertz` must be positive (precondition).
    public func timeSeconds(frequencyHertz: Double) -> Double {
        precondition(frequencyHertz > 0, "frequency \(frequencyHertz) Hz")
        return workCycles / frequencyHertz
    }

    /// `Ecmp`: of the law `tau*f^2*W` [Lai23 eq. 4]. `frequencyHertz` must be positive (precondition); of a table it is the mean over the
    /// training, of the smooth form no lower than is worth while.
    public func energyJoules(frequencyHertz: Double) -> Double {
        precondition(frequencyHertz > 0, "frequency \(frequencyHertz) Hz")
        return power.joulesPerCycle(frequencyHertz: frequencyHertz) * workCycles
    }

    /// What a governor is set to for training at a mean of `frequencyHertz`: one row of the table or two, the faster first, with the
    /// seconds at each. Empty without a table.
    public func schedule(frequencyHertz: Double) -> [(point: OperatingPoint, seconds: Double)] {
        guard case .table(let points) = power else { return [] }
        let (faster, slower, share) = points.mixture(seconds: 1 / frequencyHertz)
        return [(faster, 1 - share), (slower, share)].filter { $0.1 > 0 }.map { place, part in
            let corner = points.corners[place]
            return (points.rows[corner.row], part * workCycles * corner.seconds)
        }
    }
}

extension ComputeModel {
    package static let iterationsRange = PhysicalRange(
        "local_iterations", unit: "", 1...1e9, standard: Double(PaperDevice.localIterations),
        wayOut: "train at least 1 iteration")
    package static let samplesRange = PhysicalRange(
        "samples_per_iteration", unit: "", 1...1e9, standard: Double(PaperDevice.samplesPerIteration),
        wayOut: "train on at least 1 sample")
    package static let cyclesRange = PhysicalRange(
        "cycles_per_sample", unit: "cycles", 1e-3...1e18, standard: PaperDevice.cyclesPerSample, wayOut: "the paper uses 3.25e6")
    package static let coefficientRange = PhysicalRange(
        "energy_coefficient", unit: "J*s^2/cycle^3", 1e-40...1e-10, standard: PaperDevice.energyCoefficient,
        wayOut: "the paper uses 1e-26")
    package static let frequencyMinRange = PhysicalRange(
        "frequency_min_hz", unit: "Hz", 0...1e15, standard: PaperDevice.frequencyMinHertz,
        wayOut: "give a frequency between 0 and frequency_max_hz")
    package static let frequencyMaxRange = PhysicalRange(
        "frequency_max_hz", unit: "Hz", 1...1e15, standard: PaperDevice.frequencyMaxHertz, wayOut: "the paper uses 1e9")
}

extension ComputeModel {
    /// What a plan implies of the processor: operations for a joule of training; nil where training takes none.
    package func flopsPerJoule(_ plan: EnergyPlan, flopsPerCycle: Double) -> Double? {
        let flops = flopsPerCycle * workCycles / plan.energyComputeJoules
        return flops.isFinite ? flops : nil
    }

    /// More operations for a joule than processors do: a plan above it is the law's, not the device's.
    package static let plausibleFLOPsPerJoule = 1e11

    /// Whether a plan takes more out of a joule than a processor gives. What was measured is never so.
    package static func isImplausible(flopsPerJoule: Double?, energyModel: EnergyModel?) -> Bool {
        energyModel != .table && flopsPerJoule ?? 0 > plausibleFLOPsPerJoule
    }
}
