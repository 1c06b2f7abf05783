import Codec
import Energy
import FedRuntime
import Kernels
import Testing

/// Bits chosen for all devices of a round together.
@Suite struct SystemPlanningTests {
    private func toy(_ count: Int = 5, error: Double? = nil, demand: ClosedRange<Double> = 1e-4...2e-3) throws -> ToyFederation {
        var toy = try ToyFederation(devices: count, demand: demand)
        toy.settings.scheme = .onDemandSystem(aggregateError: error)
        toy.settings.timeBudget = .seconds(1e3)
        return toy
    }

    /// `p_k^2` of the round's devices.
    private func weights(_ assignments: [Assignment]) -> [Double] {
        let samples = assignments.reduce(0) { $0 + Double($1.device.samples) }
        return assignments.map { Double($0.device.samples * $0.device.samples) / (samples * samples) }
    }

    /// What a device's round costs with `bits`.
    private func energy(_ assignment: Assignment, bits: Int) throws -> Double {
        let payload = 8 * Double(assignment.forecast.summary.codedBytes(bits: bits))
        let problem = try assignment.plan.problem.with(payloadBits: payload)
        return try #require(EnergySolver.fast.solve(problem).plan).energyTotalJoules
    }

    /// Within nine tenths of the bound: the rest is for the drift of the devices' errors.
    @Test(arguments: [nil, 2e-4, 5e-4, 1e-3]) func thePlansAreTheCheapestOfAllChoices(error: Double?) throws {
        let assignments = try toy(error: error).server().begin()
        let weights = weights(assignments)
        let bound = zip(assignments, weights).reduce(0) { sum, pair in
            let norm = pair.0.forecast.summary.squaredNorm
            return sum + pair.1 * (error.map { $0 * norm } ?? pair.0.device.demand.error?.absolute(squaredNorm: norm) ?? .nan)
        }
        var best = Double.infinity
        func visit(_ index: Int, _ joules: Double, _ sum: Double) throws {
            guard index < assignments.count else {
                if sum <= 0.9 * bound { best = min(best, joules) }
                return
            }
            for bits in 6...8 {
                let part = weights[index] * assignments[index].forecast.summary.expectedError(bits: bits)
                try visit(index + 1, joules + energy(assignments[index], bits: bits), sum + part)
            }
        }
        try visit(0, 0, 0)
        let planned = assignments.reduce(0) { $0 + $1.plan.energy.energyTotalJoules }
        #expect(abs(planned - best) <= 1e-9 * best, "\(planned) J, the best is \(best) J")
        let asked = zip(assignments, weights).reduce(0) { sum, pair in
            sum + pair.1
                * (pair.0.plan.demand.error ?? .relative(.nan)).absolute(squaredNorm: pair.0.forecast.summary.squaredNorm)
        }
        #expect(abs(asked / bound - 1) < 1e-9, "the devices' parts make up the bound")
    }

    @Test(arguments: [17, 18, 19, 20] as [UInt64]) func neverDearerThanEveryDeviceAlone(seed: UInt64) throws {
        var toy = try ToyFederation(devices: 8, seed: seed)
        let alone = try toy.server().begin()
        toy.settings.scheme = .onDemandSystem(aggregateError: nil)
        let system = try toy.server().begin()
        #expect(alone.map(\.plan.problem.timeBudgetSeconds) == system.map(\.plan.problem.timeBudgetSeconds))
        func joules(_ assignments: [Assignment]) -> Double { assignments.reduce(0) { $0 + $1.plan.energy.energyTotalJoules } }
        #expect(alone.map(\.device.id) == system.map(\.device.id))
        #expect(joules(system) <= joules(alone) * (1 + 1e-12))
    }

    @Test func devicesKeepToTheirPartOnTheRealUpdate() throws {
        let toy = try toy(6)
        let server = try toy.server()
        for _ in 0..<4 {
            let finished = try toy.runRound(server)
            let record = finished.record
            #expect(try #require(record.aggregateErrorBound) > 0)
            #expect((0...0.05).contains(try #require(record.bitsGapRelative)))
            let samples = finished.devices.reduce(0) { $0 + Double($1.samples) }
            var allowed = 0.0
            for device in finished.devices {
                let (certificate, demand) = (try #require(device.errorCertificate), try #require(device.errorDemand))
                #expect(device.status == .ok && device.demandMet == (certificate <= demand))
                #expect(device.demandMet == true || device.bits == 8)
                allowed += Double(device.samples * device.samples) / (samples * samples) * demand
            }
            if finished.devices.allSatisfy({ $0.demandMet == true }) {
                #expect(record.quantizationErrorAbsolute <= allowed * (1 + 1e-12))
            }
        }
    }

    @Test func anUnreachableBoundTakesTheMostExactWidths() throws {
        let finished = try toy(3, demand: 1e-9...1e-9).runRound(toy(3, demand: 1e-9...1e-9).server())
        for device in finished.devices { #expect(device.bitsPlanned == 8 && device.bits == 8) }
        #expect(finished.record.quantizationErrorAbsolute > (try #require(finished.record.aggregateErrorBound)))
    }

    @Test func unusableErrorsAreRefusedBeforeTheFirstRound() throws {
        let unreachable = #expect(throws: FederationError.self) { try toy(error: 1e-9).server() }
        let text = "\(try #require(unreachable))"
        for part in ["1e-09", "below", "wider"] { #expect(text.contains(part), "'\(text)' lacks '\(part)'") }
        #expect(throws: FederationError.aggregateErrorOutOfRange(0)) { try toy(error: 0).server() }
        var byTheorem = try toy()
        byTheorem.settings.rule = .theorem1
        #expect(throws: FederationError.systemBitsByTheorem) { try byTheorem.server() }
    }

    @Test func devicesWithoutTimeAreLeftOutWithTheReason() throws {
        var toy = try toy(4)
        toy.settings.timeBudget = .seconds(1e-8)
        let server = try toy.server()
        #expect(try server.begin().isEmpty)
        let finished = try server.finish()
        #expect(finished.devices.allSatisfy { $0.status == .infeasible && $0.reason?.hasPrefix("6 bits: ") == true })
        #expect(finished.record.aggregateErrorBound == nil && finished.record.bitsGapRelative == nil)
    }

    @Test func onlySystemRoundsHaveABound() throws {
        let toy = try ToyFederation(devices: 2)
        #expect(try toy.runRound(toy.server()).record.aggregateErrorBound == nil)
    }

    @Test func theComparisonShowsBothWaysOfChoosing() throws {
        let toy = try toy(4)
        let server = try toy.server()
        var comparison = SchemeComparison(of: server)
        let finished = try toy.runRound(server, observe: { comparison.add($0, sent: $1) })
        let records = comparison.records(round: 1)
        #expect(records.map(\.scheme) == ["on-demand-system"] + Scheme.compared.map(\.name))
        #expect(records[0].devices == 4)
        #expect(abs(records[0].energyTotalJoules / finished.record.energyTotalJoules - 1) < 1e-12)
    }
}
