import Energy
import Testing

/// The figures of the paper's device at T = 15 s, corrected equations.
@Suite struct PaperTests {
    private func device(bits: Double, time: Double = 15) throws -> DeviceEnergyProblem {
        try DeviceEnergyProblem(compute: ComputeModel(), radio: RadioModel(), payloadBits: 37e6 * bits, timeBudgetSeconds: time)
    }

    @Test(arguments: [(6.0, 0.4525, 0.918), (7, 0.4992, 0.939), (8, 0.5476, 0.961), (32, 2.349, 2.364)])
    func optimumAndEvenSplit(bits: Double, optimum: Double, evenSplit: Double) throws {
        let problem = try device(bits: bits)
        let plan = try #require(EnergySolver.fast.solve(problem).plan)
        #expect(abs(plan.energyTotalJoules - optimum) < 0.00051 * max(1, optimum))
        #expect(abs(try #require(problem.evenSplit().plan).energyTotalJoules - evenSplit) < 0.0005)
    }

    /// Minimising (13) as printed costs 25, 24, 23 and 8 percent more true energy.
    @Test(arguments: [(6.0, 1.25), (7, 1.24), (8, 1.23), (32, 1.08)])
    func printedEquationsCostMore(bits: Double, factor: Double) throws {
        let problem = try device(bits: bits)
        let optimum = try #require(EnergySolver.fast.solve(problem).plan)
        let printed = try #require(EnergySolver.fast.solve(problem, equations: .printed).plan)
        #expect(abs(printed.energyTotalJoules / optimum.energyTotalJoules - factor) < 0.005)
    }

    @Test func algorithm1ConvergesInAboutTwentyIterations() throws {
        let result = try Algorithm1(tolerance: 1e-3).solve(try device(bits: 6))
        let plan = try #require(result.outcome.plan)
        #expect((10...25).contains(result.iterations.count), "\(result.iterations.count) iterations")
        #expect(abs(plan.energyTotalJoules / 0.45251 - 1) < 1e-3)
        let multipliers = result.iterations.map(\.multiplierJoules)
        let widths = zip(multipliers.dropFirst(), multipliers).map { abs($0 - $1) }
        for (width, previous) in zip(widths.dropFirst(), widths) { #expect(abs(width / previous - 0.5) < 1e-6) }
        #expect(try Algorithm1(tolerance: 1e-6).solve(try device(bits: 6)).iterations.count > result.iterations.count)
    }

    @Test func deviceQuantities() throws {
        let problem = try device(bits: 6)
        #expect(problem.compute.workCycles == 512 * 3.25e6)
        #expect(abs(problem.radio.noiseDensity / 3.162e-19 - 1) < 1e-3)
        #expect(problem.compute.timeSeconds(frequencyHertz: 1e9) == 1.664)
        #expect(abs(problem.compute.energyJoules(frequencyHertz: 1e9) - 16.64) < 1e-12)
        let power = problem.radio.powerWatts(payloadBits: 222e6, seconds: 3)
        #expect(abs(problem.radio.bitsPerSecond(powerWatts: power) - 74e6) < 1e-3)
    }
}
