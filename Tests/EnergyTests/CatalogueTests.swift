import Energy
import Testing

/// The examples of the module's documentation page, `Sources/Energy/Energy.docc/Energy.md`.
@Suite struct CatalogueTests {
    private func problem() throws -> DeviceEnergyProblem {
        try DeviceEnergyProblem(
            compute: ComputeModel(samplesPerIteration: 512, cyclesPerSample: 3.25e6),
            radio: RadioModel(bandwidthHertz: 50e6, distanceMetres: 45), payloadBits: 6 * 37e6, timeBudgetSeconds: 15)
    }

    @Test func oneDevice() throws {
        let problem = try problem()
        guard case .feasible(let plan) = EnergySolver.fast.solve(problem) else { return #expect(Bool(false), "infeasible") }
        #expect(abs(plan.frequencyHertz - 133.0e6) < 5e4 && abs(plan.powerWatts - 63.5e-3) < 5e-5)
        #expect(abs(plan.energyTotalJoules - 0.4525) < 5e-5)
        #expect(problem.certificate(of: plan).dualityGapRelative < 1e-9)
    }

    @Test func aBatchAndASharedBand() throws {
        let problems = [try problem(), try problem().with(payloadBits: 8 * 37e6)]
        let plans = EnergyBatch(problems).solve()
        let total = (0..<plans.count).compactMap { plans[$0]?.energyTotalJoules }.reduce(0, +)
        let plan = try SharedBand(problems, totalBandwidthHertz: 50e6).solve(threads: 2)
        let summary = try #require(plan.summary)
        #expect(plan.shortage == nil && summary.bandwidthPriceJoulesPerHertz > 0 && summary.dualityGapRelative < 1e-9)
        #expect(summary.energyTotalJoules > total)
    }
}
