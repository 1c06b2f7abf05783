import Energy
import Kernels

extension BenchmarkFamily {
    /// `energy/n1M`: the energy plans of so many different devices, from assembled problems.
    static let energy = BenchmarkFamily(
        cases: ["energy/n1M"], usesThreads: false,
        make: { problem, _ in
            guard problem.parts.count == 2, problem.parts[0] == "energy", let count = problem.numbers(1, "n")?[0], count > 0
            else { return nil }
            let devices = try randomDevices(count)
            let problems = EnergyBatch(devices)
            let checked = Array(devices.prefix(2_000))
            return Benchmark(
                work: .problems(count, bytesEach: 16 * 8),
                verify: { () throws(VerificationError) in try verify(problems.solve(), checked) },
                run: { withExtendedLifetime(problems.solve()) {} })
        })

    /// `energy-tables/n100k`: the same with a power table of 16 rows each and a radio with a circuit.
    static let energyTables = BenchmarkFamily(
        cases: ["energy-tables/n100k"], usesThreads: false,
        make: { problem, _ in
            guard problem.parts.count == 2, problem.parts[0] == "energy-tables", let count = problem.numbers(1, "n")?[0],
                count > 0
            else { return nil }
            let devices = try randomTables(count)
            let problems = EnergyBatch(devices)
            let checked = Array(devices.prefix(2_000))
            return Benchmark(
                work: .problems(count, bytesEach: 16 * 8 + 16 * 24),
                verify: { () throws(VerificationError) in try verify(problems.solve(), checked) },
                run: { withExtendedLifetime(problems.solve()) {} })
        })

    /// `energy-band/n1M`: the same devices on one band of 50 MHz for each ten of them, with the certificate of the optimum.
    static let energyBand = BenchmarkFamily(
        cases: ["energy-band/n1M"],
        make: { problem, context in
            guard problem.parts.count == 2, problem.parts[0] == "energy-band", let count = problem.numbers(1, "n")?[0], count > 0
            else { return nil }
            let band = try SharedBand(randomDevices(count), totalBandwidthHertz: 5e6 * Double(count))
            return Benchmark(
                work: .problems(count, bytesEach: 16 * 8),
                verify: { () throws(VerificationError) in try verify(band.solve(threads: context.threads), band) },
                run: { withExtendedLifetime(band.solve(threads: context.threads)) {} })
        })

    /// Devices around the paper's.
    private static func randomDevices(_ count: Int) throws -> [DeviceEnergyProblem] {
        var generator = CounterRandom(seed: 1, stream: .deviceProfile).generator()
        return try (0..<count).map { _ in
            try DeviceEnergyProblem(
                compute: ComputeModel(cyclesPerSample: generator.nextUniform(in: 1e6...6e6)),
                radio: RadioModel(
                    channelGain: generator.nextUniform(in: 3e-4...3e-3), distanceMetres: generator.nextUniform(in: 10...80)),
                payloadBits: 37e6 * generator.nextUniform(in: 6...8), timeBudgetSeconds: generator.nextUniform(in: 8...20))
        }
    }

    /// Devices whose tables have a cheapest row inside, as measured ones have.
    private static func randomTables(_ count: Int) throws -> [DeviceEnergyProblem] {
        var generator = CounterRandom(seed: 2, stream: .deviceProfile).generator()
        return try (0..<count).map { _ in
            let top = generator.nextUniform(in: 1e9...3e9)
            let constant = generator.nextUniform(in: 0.05...0.3)
            let rows = (1...16).map { row in
                let share = Double(row) / 16
                return OperatingPoint(frequencyHertz: top * share, powerWatts: constant + share * share * share)
            }
            return try DeviceEnergyProblem(
                compute: ComputeModel(
                    cyclesPerSample: top * generator.nextUniform(in: 0.002...0.012), power: .table(OperatingPoints(rows)),
                    frequencyMinHertz: top / 16, frequencyMaxHertz: top),
                radio: RadioModel(
                    bandwidthHertz: generator.nextUniform(in: 1e6...2e7), distanceMetres: generator.nextUniform(in: 10...80),
                    circuitPowerWatts: 0.5, amplifierEfficiency: 0.3),
                payloadBits: 1e6 * generator.nextUniform(in: 5...50), timeBudgetSeconds: generator.nextUniform(in: 8...20))
        }
    }

    /// Compares plans with the paper's nested bisection.
    private static func verify(
        _ plans: EnergyBatchPlans, _ problems: [DeviceEnergyProblem]
    ) throws(VerificationError) {
        for (index, problem) in problems.enumerated() {
            let reference: EnergyPlan?
            do { reference = try Algorithm1(tolerance: 1e-10).solve(problem).outcome.plan } catch {
                preconditionFailure("\(error)")
            }
            let plan = plans[index]
            guard let plan, let reference else {
                try VerificationError.check("feasibility of device \(index)", plan == nil && reference == nil ? 0 : 1, atMost: 0)
                continue
            }
            let error = abs(plan.energyTotalJoules / reference.energyTotalJoules - 1)
            try VerificationError.check("energy of device \(index)", error, atMost: 1e-9)
        }
    }

    /// The certificate does not depend on how the allocation was found; the band must be kept and every device served.
    private static func verify(_ plan: SharedBandPlan, _ problem: SharedBand) throws(VerificationError) {
        guard let summary = plan.summary else { throw VerificationError(what: "no allocation", found: 1, limit: 0) }
        try VerificationError.check("devices without a plan", Double(problem.devices.count - plan.servedCount), atMost: 0)
        try VerificationError.check("band used", summary.bandwidthUsedHertz / problem.totalBandwidthHertz, atMost: 1)
        try VerificationError.check("relative duality gap", summary.dualityGapRelative, atMost: 1e-8)
    }
}
