import Energy
import Kernels

extension BenchmarkFamily {
    /// `energy/n1M`: the energy plans of so many different devices, from assembled problems.
    static let energy = BenchmarkFamily(
        cases: ["energy/n1M"], usesThreads: false,
        make: { problem, _ in
            guard problem.parts.count == 2, problem.parts[0] == "energy", let count = problem.numbers(1, "n")?[0], count > 0
            else { return nil }
            var generator = CounterRandom(seed: 1, stream: .deviceProfile).generator()
            var batch = EnergyBatch()
            var first: [DeviceEnergyProblem] = []
            for index in 0..<count {
                let device = try DeviceEnergyProblem(
                    compute: ComputeModel(cyclesPerSample: generator.nextUniform(in: 1e6...6e6)),
                    radio: RadioModel(
                        channelGain: generator.nextUniform(in: 3e-4...3e-3), distanceMetres: generator.nextUniform(in: 10...80)),
                    payloadBits: 37e6 * generator.nextUniform(in: 6...8), timeBudgetSeconds: generator.nextUniform(in: 8...20))
                batch.append(device)
                if index < 2_000 { first.append(device) }
            }
            let problems = batch
            let checked = first
            return Benchmark(
                work: .problems(count, bytesEach: 16 * 8),
                verify: { () throws(VerificationError) in try verify(problems.solve(), checked) },
                run: { withExtendedLifetime(problems.solve()) {} })
        })

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
}
