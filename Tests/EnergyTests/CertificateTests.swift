import Energy
import Testing

/// Certificates of single plans: small where the plan is optimal, large where it is not, true in either case.
@Suite struct CertificateTests {
    private let problems: [DeviceEnergyProblem]

    init() throws {
        var random = RandomProblems(seed: 23)
        problems = try (0..<2_000).map { _ in try random.next() }
    }

    @Test func optimalPlansHaveSmallResidualAndGap() throws {
        let batch = EnergyBatch(problems).solve()
        var plans = 0
        for (index, problem) in problems.enumerated() {
            for plan in [EnergySolver.fast.solve(problem).plan, batch[index]].compactMap({ $0 }) {
                let certificate = problem.certificate(of: plan)
                #expect(certificate.kktResidual <= 2e-8, "\(certificate), \(problem)")
                #expect(certificate.dualityGapRelative <= 2e-8, "\(certificate), \(problem)")
                #expect(certificate.kktResidual >= 0 && certificate.dualityGapJoules >= 0)
                plans += 1
            }
        }
        #expect(plans > 2_000)
    }

    @Test func referenceSolutionsAreCertified() throws {
        for reference in try ReferenceCase.load() where reference.solution.feasible {
            let plan = try #require(EnergySolver.fast.solve(try reference.problem).plan)
            let certificate = try reference.problem.certificate(of: plan)
            #expect(certificate.kktResidual <= 1e-8 && certificate.dualityGapRelative <= 1e-8, "\(reference.device.id)")
        }
    }

    /// The gap bounds what a plan wastes, whoever made the plan; a plan that wastes a percent has a residual that is seen.
    @Test func wrongPlansShow() throws {
        var wasteful = 0
        for problem in problems {
            guard let best = EnergySolver.fast.solve(problem).plan?.energyTotalJoules else { continue }
            let printed = EnergySolver.fast.solve(problem, equations: .printed).plan
            for plan in [problem.evenSplit().plan, printed].compactMap({ $0 }) {
                let certificate = problem.certificate(of: plan)
                let waste = plan.energyTotalJoules - best
                #expect(certificate.dualityGapJoules >= waste - 1e-12 * best)
                #expect(
                    abs(certificate.dualityGapRelative * plan.energyTotalJoules - certificate.dualityGapJoules) <= 1e-12 * best)
                guard waste > 0.01 * best else { continue }
                #expect(certificate.kktResidual > 0.01, "waste \(waste / best), \(certificate)")
                wasteful += 1
            }
        }
        #expect(wasteful > 500)
    }

    @Test func thePapersEvenSplitHasALargeResidual() throws {
        let problem = try DeviceEnergyProblem(compute: ComputeModel(), radio: RadioModel(), payloadBits: 222e6)
        let even = problem.certificate(of: try #require(problem.evenSplit().plan))
        #expect(even.kktResidual > 0.3 && even.dualityGapRelative > 0.507)
        let optimum = problem.certificate(of: try #require(EnergySolver.fast.solve(problem).plan))
        #expect(optimum.kktResidual < 1e-9 && optimum.dualityGapRelative < 1e-9)
    }

    /// A plan for a longer budget breaks this one; a plan for a shorter one leaves time unused.
    @Test func plansOfOtherBudgetsShow() throws {
        let problem = try DeviceEnergyProblem(
            compute: ComputeModel(), radio: RadioModel(), payloadBits: 222e6, timeBudgetSeconds: 15)
        for seconds in [14.0, 16] {
            let other = try #require(EnergySolver.fast.solve(try problem.with(timeBudgetSeconds: seconds)).plan)
            // The shares of the other plan, as they come out in this budget.
            #expect(problem.certificate(of: other).dualityGapRelative > 1e-3)
        }
    }

    @Test func certificatesOfAbsurdDevicesAreFinite() throws {
        var random = RandomProblems(seed: 29)
        var plans = 0
        for _ in 0..<20_000 {
            let problem = try random.nextExtreme()
            guard let plan = EnergySolver.fast.solve(problem).plan else { continue }
            let certificate = problem.certificate(of: plan)
            let numbers = [certificate.kktResidual, certificate.dualityGapJoules, certificate.dualityGapRelative]
            #expect(numbers.allSatisfy { $0.isFinite && $0 >= 0 }, "\(problem)")
            #expect(certificate.kktResidual <= 1e-6 && certificate.dualityGapRelative <= 1e-6, "\(certificate), \(problem)")
            plans += 1
        }
        #expect(plans > 1_000)
    }
}
