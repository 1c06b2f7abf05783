import Energy
import Testing

@Suite struct InfeasibilityTests {
    private func device(bits: Double = 222e6, time: Double, frequencyMin: Double = 1e7, powerMin: Double = 1e-4) throws
        -> DeviceEnergyProblem
    {
        try DeviceEnergyProblem(
            compute: ComputeModel(frequencyMinHertz: frequencyMin), radio: RadioModel(powerMinWatts: powerMin), payloadBits: bits,
            timeBudgetSeconds: time)
    }

    private func reason(_ outcome: EnergyOutcome) throws -> EnergyInfeasibility {
        guard case .infeasible(let reason) = outcome else {
            throw EnergyInputError(field: "outcome", value: 0, unit: "", limit: "infeasible", wayOut: "the test expects a reason")
        }
        return reason
    }

    @Test func namesTheBoundAndTheWayOut() throws {
        let slowTraining = try reason(EnergySolver.fast.solve(device(time: 1)))
        #expect(slowTraining.bound == .frequencyMax)
        #expect(abs(slowTraining.neededSeconds - 1.664) < 1e-12 && slowTraining.allowedSeconds == 1)
        #expect(slowTraining.largestPayloadBits == nil)

        let slowSending = try reason(EnergySolver.fast.solve(device(bits: 1e12, time: 15)))
        #expect(slowSending.bound == .powerMax)

        let rate = try RadioModel().bitsPerSecond(powerWatts: 1)
        let together = try reason(EnergySolver.fast.solve(device(bits: 4 * rate, time: 5)))
        #expect(together.bound == .timeBudget)
        #expect(together.description.contains("time budget of at least"))
    }

    @Test func theWayOutIsFeasibleAndTight() throws {
        var random = RandomProblems(seed: 3)
        var seen = 0
        for _ in 0..<2_000 {
            let problem = try random.next()
            guard case .infeasible(let reason) = EnergySolver.fast.solve(problem) else { continue }
            seen += 1
            let seconds = try #require(reason.smallestTimeBudgetSeconds)
            #expect(EnergySolver.fast.solve(try problem.with(timeBudgetSeconds: seconds)).plan != nil)
            #expect(EnergySolver.fast.solve(try problem.with(timeBudgetSeconds: seconds * (1 - 1e-9))).plan == nil)
            guard let bits = reason.largestPayloadBits else { continue }
            #expect(EnergySolver.fast.solve(try problem.with(payloadBits: bits)).plan != nil)
            #expect(EnergySolver.fast.solve(try problem.with(payloadBits: bits * (1 + 1e-9))).plan == nil)
        }
        #expect(seen > 50)
    }

    @Test func evenSplitTellsWhichHalfFails() throws {
        let slow = try reason(device(time: 3).evenSplit())
        #expect(slow.bound == .evenSplit && slow.explanation.hasPrefix("training"))
        #expect(try device(time: #require(slow.smallestTimeBudgetSeconds)).evenSplit().plan != nil)

        let early = try reason(device(time: 15, frequencyMin: 5e8).evenSplit())
        #expect(early.bound == .evenSplit && early.smallestTimeBudgetSeconds == nil)

        let large = try reason(device(bits: 8e9, time: 15).evenSplit())
        #expect(large.explanation.hasPrefix("sending"))
        #expect(try device(bits: #require(large.largestPayloadBits), time: 15).evenSplit().plan != nil)

        let loud = try reason(device(time: 15, powerMin: 0.5).evenSplit())
        #expect(loud.explanation.contains("power_min_w"))
    }

    @Test func slackTakesBothUpperBounds() throws {
        let problem = try device(time: 15, frequencyMin: 9e8, powerMin: 0.9)
        let plan = try #require(EnergySolver.fast.solve(problem).plan)
        #expect(plan.frequencyHertz == 9e8 && plan.powerWatts == 0.9)
        #expect(plan.theta + plan.pi < 0.3)
        let result = try Algorithm1().solve(problem)
        #expect(result.outcome.plan == plan && result.iterations.isEmpty)
    }

    @Test func automaticBudgetFitsTheSlowestDevice() throws {
        let slowest = try device(bits: 1e9, time: 15)
        let budget = DeviceEnergyProblem.automaticTimeBudgetSeconds(smallest: slowest.smallestTimeBudgetSeconds)
        #expect(budget == 1.5 * slowest.smallestTimeBudgetSeconds)
        #expect(EnergySolver.fast.solve(try slowest.with(timeBudgetSeconds: budget)).plan != nil)
    }

    @Test func powerIsResolvedForTheTimeLeft() throws {
        let problem = try device(time: 15)
        let plan = try #require(EnergySolver.fast.solve(problem).plan)
        let same = try #require(try plan.resolvingPower(for: problem, payloadBits: problem.payloadBits).plan)
        #expect(abs(same.powerWatts / plan.powerWatts - 1) < 1e-9)

        let larger = try #require(try plan.resolvingPower(for: problem, payloadBits: 1.2 * problem.payloadBits).plan)
        #expect(larger.frequencyHertz == plan.frequencyHertz && larger.powerWatts > plan.powerWatts)
        #expect(larger.timeTotalSeconds <= problem.timeBudgetSeconds * (1 + 1e-12))

        let tiny = try #require(try plan.resolvingPower(for: problem, payloadBits: 1_000).plan)
        #expect(tiny.powerWatts == problem.radio.powerMinWatts && tiny.timeTotalSeconds < problem.timeBudgetSeconds)

        let tooLarge = try reason(plan.resolvingPower(for: problem, payloadBits: 1e12))
        #expect(tooLarge.bound == .timeLeft)
        let bits = try #require(tooLarge.largestPayloadBits)
        #expect(try plan.resolvingPower(for: problem, payloadBits: bits).plan != nil)
        #expect(try plan.resolvingPower(for: problem, payloadBits: bits * 1.001).plan == nil)
    }
}
