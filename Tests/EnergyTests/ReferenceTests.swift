import Energy
import Testing

@Suite struct ReferenceTests {
    let cases: [ReferenceCase]

    init() throws {
        cases = try ReferenceCase.load()
        try #require(cases.count == 84)
    }

    @Test func fastSolverAgreesWithSixtyDigits() throws {
        for reference in cases {
            let outcome = EnergySolver.fast.solve(try reference.problem)
            try #require((outcome.plan != nil) == reference.solution.feasible, "\(reference.device.id)")
            guard let plan = outcome.plan else { continue }
            expectAgreement(plan, reference.solution, energy: 1e-9, shares: 1e-6)
            expectDerivedFields(plan, reference.solution, tolerance: 1e-6)
        }
    }

    @Test func batchAgreesWithSixtyDigits() throws {
        let batch = EnergyBatch(try cases.map { try $0.problem })
        let plans = batch.solve()
        try #require(plans.count == cases.count)
        for (index, reference) in cases.enumerated() {
            try #require((plans[index] != nil) == reference.solution.feasible, "\(reference.device.id)")
            guard let plan = plans[index] else { continue }
            expectAgreement(plan, reference.solution, energy: 1e-9, shares: 1e-6)
            expectDerivedFields(plan, reference.solution, tolerance: 1e-6)
        }
    }

    @Test func algorithm1AgreesWithinItsDefaultTolerance() throws {
        let algorithm = try Algorithm1()
        for reference in cases {
            let result = algorithm.solve(try reference.problem)
            try #require((result.outcome.plan != nil) == reference.solution.feasible, "\(reference.device.id)")
            guard let plan = result.outcome.plan else { continue }
            #expect(agrees(plan.energyTotalJoules, reference.solution.energyTotalJ, tolerance: 1e-6), "\(reference.device.id)")
            #expect(abs(plan.theta - (reference.solution.theta ?? .nan)) <= 1e-3)
            #expect(abs(plan.pi - (reference.solution.pi ?? .nan)) <= 1e-3)
            #expect(plan.theta + plan.pi <= 1)
        }
    }

    @Test func evenSplitAgreesWithSixtyDigits() throws {
        for reference in cases where reference.solution.feasible {
            let plan = try reference.problem.evenSplit().plan
            #expect((plan != nil) == (reference.solution.energyEvenSplitJ != nil), "\(reference.device.id)")
            guard let plan else { continue }
            #expect(
                agrees(plan.energyTotalJoules, reference.solution.energyEvenSplitJ, tolerance: 1e-9), "\(reference.device.id)")
        }
    }

    private func expectDerivedFields(_ plan: EnergyPlan, _ reference: ReferenceCase.Solution, tolerance: Double) {
        #expect(agrees(plan.frequencyHertz, reference.frequencyHz, tolerance: tolerance))
        #expect(agrees(plan.timeComputeSeconds, reference.timeComputeS, tolerance: tolerance))
        #expect(agrees(plan.timeCommunicationSeconds, reference.timeCommunicationS, tolerance: tolerance))
        #expect(agrees(plan.powerWatts, reference.powerW, tolerance: 10 * tolerance))
        #expect(agrees(plan.energyComputeJoules, reference.energyComputeJ, tolerance: 10 * tolerance))
        #expect(agrees(plan.energyCommunicationJoules, reference.energyCommunicationJ, tolerance: 10 * tolerance))
    }
}
