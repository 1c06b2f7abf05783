import Energy
import Testing

@Suite struct ReceptionTests {
    private func reception(seconds: Double) throws -> Reception {
        try Reception(bits: seconds * 13e6, bitsPerSecond: 13e6, powerWatts: 0.8)
    }

    @Test("Receiving leaves less time: the plan is that of the shorter time budget")
    func shortensTheBudget() throws {
        let problem = try DeviceEnergyProblem(
            compute: try ComputeModel(), radio: try RadioModel(), payloadBits: 2.22e8, timeBudgetSeconds: 15,
            reception: reception(seconds: 4))
        let shorter = try DeviceEnergyProblem(
            compute: try ComputeModel(), radio: try RadioModel(), payloadBits: 2.22e8, timeBudgetSeconds: 11)
        #expect(problem.reception.seconds == 4)
        #expect(problem.reception.energyJoules == 3.2)
        let plan = try #require(EnergySolver.fast.solve(problem).plan)
        #expect(plan == EnergySolver.fast.solve(shorter).plan)
        #expect(EnergyBatch([problem]).solve()[0] == EnergyBatch([shorter]).solve()[0])
        #expect(problem.evenSplit() == shorter.evenSplit())
        #expect(problem.certificate(of: plan).kktResidual < 1e-9)
        #expect(abs(problem.smallestTimeBudgetSeconds - shorter.smallestTimeBudgetSeconds - 4) < 1e-9)
        let band = try SharedBand([problem, problem], totalBandwidthHertz: 2e7).solve()
        let shorterBand = try SharedBand([shorter, shorter], totalBandwidthHertz: 2e7).solve()
        guard case .served(_, let shared, _) = band[0], case .served(_, let expected, _) = shorterBand[0] else {
            Issue.record("a band without a plan")
            return
        }
        #expect(shared == expected)
    }

    @Test("What no longer fits says what receiving leaves, and the way out fits")
    func infeasible() throws {
        for seconds in [12.0, 20] {
            let problem = try DeviceEnergyProblem(
                compute: try ComputeModel(localIterations: 2), radio: try RadioModel(), payloadBits: 2.22e8,
                timeBudgetSeconds: 15,
                reception: reception(seconds: seconds))
            guard case .infeasible(let reason) = EnergySolver.fast.solve(problem) else {
                Issue.record("a plan in no time")
                continue
            }
            #expect(reason.bound == (seconds < 15 ? .frequencyMax : .reception))
            #expect(reason.description.contains(seconds < 15 ? "that receiving leaves" : "over the 15.0 s budget"), "\(reason)")
            let needed = try #require(reason.smallestTimeBudgetSeconds)
            #expect(EnergySolver.fast.solve(try problem.with(timeBudgetSeconds: needed)).plan != nil)
        }
    }

    @Test(
        "Numbers out of range are refused",
        arguments: [(-1.0, 1.0, 1.0, "downlink_bits"), (1, 0, 1, "downlink_bits_per_s"), (1, 1, .nan, "receiver_power_w")])
    func range(bits: Double, rate: Double, watts: Double, field: String) {
        let error = #expect(throws: EnergyInputError.self) {
            try Reception(bits: bits, bitsPerSecond: rate, powerWatts: watts)
        }
        #expect(error?.field == field)
    }
}
